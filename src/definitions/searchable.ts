/** Which of R4's search parameters this server promises. What is left out is refused by name, never approximated. */
import type { SearchParameterDefinition } from './search-parameters.ts';

/**
 * Definitions whose published expression selects nothing that can be searched: an extension URL that no extension has,
 * a whole Extension instead of its value, or components whose expressions were swapped.
 */
const UNUSABLE: ReadonlySet<string> = new Set([
  'patient-extensions-Patient-mothersMaidenName',
  'device-extensions-Device-din',
  'DocumentReference-relationship',
  'observation-genetic-Observation-amino-acid-change',
  'observation-genetic-Observation-dna-variant',
  'observation-genetic-Observation-gene-amino-acid-change',
  'observation-genetic-Observation-gene-dnavariant',
  'observation-genetic-Observation-gene-identifier',
]);

/** Whether the parameter is about elements of the resource and is matched as its type says (not by sound, or by place). */
export function isSearchable(definition: SearchParameterDefinition & { readonly xpathUsage?: string }): boolean {
  const { id, type, expression, xpathUsage } = definition;
  if (UNUSABLE.has(id) || type === 'special' || !expression) return false;
  return xpathUsage === undefined || xpathUsage === 'normal';
}
