/** Whether coded content is in a value set, for `memberOf()` and slices by a binding (FHIR R4, fhirpath.html#functions). */
import type { CodeableConcept, Coding } from '@medplum/fhirtypes';
import { isObject } from '../../fhir/resource-content.ts';
import type { CodeOutcome, Terminology } from '../../terminology/terminology.ts';

/** Undefined where that can't be said here. */
export function isMember(terminology: Terminology, value: unknown, valueSet: string): boolean | undefined {
  const outcome = outcomeOf(terminology, value, { valueSet });
  switch (outcome?.kind) {
    case 'ok':
    case 'wrong-display':
      return true;
    case undefined:
    case 'undecided':
    case 'unknown-value-set':
      return undefined;
    default:
      return false;
  }
}

function outcomeOf(terminology: Terminology, value: unknown, binding: { valueSet: string }): CodeOutcome | undefined {
  if (typeof value === 'string') return terminology.checkCode(binding, value);
  if (!isObject(value)) return undefined;
  if ('coding' in value || 'text' in value) {
    return terminology.checkCodeableConcept(binding, value as CodeableConcept).whole;
  }
  return terminology.checkCoding(binding, value as Coding);
}
