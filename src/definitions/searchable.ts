/** Which of R4's search parameters this server promises. What is left out is refused by name, never approximated. */
import type { SearchParameterDefinition } from './search-parameters.ts';

/**
 * Definitions whose published expression names an extension by a URL that R4's extension does not have, so that it
 * selects nothing. Where it is known what is meant, a definition of our own stands in the place of HL7's.
 */
const UNUSABLE: ReadonlySet<string> = new Set([
  'device-extensions-Device-din',
  'observation-genetic-Observation-amino-acid-change',
  'observation-genetic-Observation-dna-variant',
  'observation-genetic-Observation-gene-amino-acid-change',
  'observation-genetic-Observation-gene-dnavariant',
]);

/** Whether the parameter is about elements of the resource and is matched as its type says (not by sound, or by place). */
export function isSearchable(definition: SearchParameterDefinition & { readonly xpathUsage?: string }): boolean {
  const { id, type, expression, xpathUsage } = definition;
  if (UNUSABLE.has(id) || type === 'special' || !expression) return false;
  return xpathUsage === undefined || xpathUsage === 'normal';
}
