/** Codes of required bindings (FHIR R4, terminologies.html#required). */
import type { RequiredBindings } from '../../definitions/required-bindings.ts';

const LANGUAGES = 'http://hl7.org/fhir/ValueSet/all-languages';

/** Languages are tags made of subtags, of which only the first can be listed (BCP 47). */
export const isLanguages = (valueSet: string): boolean => valueSet === LANGUAGES;

/** All codes of a value set without their systems; undefined where it can't be listed. */
export function codesOf({ valueSets }: RequiredBindings, valueSet: string): readonly string[] | undefined {
  const systems = valueSets.get(valueSet);
  return systems && [...new Set([...systems.values()].flat())];
}
