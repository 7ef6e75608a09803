/** How many entries a Bundle may bring (FHIR R4, http.html#transaction leaves limits to the server). */
import { tooLarge } from '../fhir/error.ts';
import type { Settings } from './perform.ts';

/** @throws FhirError 413 */
export function checkEntryCount(count: number, { mostEntries }: Settings): void {
  if (count > mostEntries) throw tooLarge(`A Bundle may have at most ${mostEntries} entries; this one has ${count}.`);
}
