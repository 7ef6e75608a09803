/** Code systems that get new codes between editions: an unknown code of theirs may be newer than what is here. */
import type { CompiledCodeSystem } from './terminology.ts';

/** What a code of each looks like (CDC's code sets; NDC as 5-4-2, as 11 digits, or as FDA's three forms of 10). */
const FORMS: Readonly<Record<string, RegExp>> = {
  'http://hl7.org/fhir/sid/cvx': /^\d{2,3}$/,
  'http://hl7.org/fhir/sid/mvx': /^[A-Z]{2,3}$/,
  'http://hl7.org/fhir/sid/ndc': /^(\d{5}-\d{4}-\d{2}|\d{11}|\d{4}-\d{4}-\d{2}|\d{5}-\d{3}-\d{2}|\d{5}-\d{4}-\d)$/,
  'http://www.ama-assn.org/go/cpt': /^\d{4}[\dA-Z]$/,
};

/** Whether a code that is not known may be one nevertheless: the system is here in part only, or it grows. */
export function mayBeNew({ url, isComplete }: CompiledCodeSystem, code: string): boolean {
  return !isComplete || (FORMS[url]?.test(code) ?? false);
}
