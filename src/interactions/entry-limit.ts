/** How many entries a Bundle may bring (FHIR R4, http.html#transaction leaves limits to the server). */
import { tooLarge } from '../fhir/error.ts';

const MOST_ENTRIES = 10_000;

/** @throws FhirError 413 */
export function checkEntryCount(count: number): void {
  if (count > MOST_ENTRIES) throw tooLarge(`A Bundle may have at most ${MOST_ENTRIES} entries; this one has ${count}.`);
}
