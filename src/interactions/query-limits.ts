/** How much one query may ask for: what it costs the database grows with its parameters and their values. */
import { tooCostly } from '../fhir/error.ts';
import type { SearchParams } from '../fhir/interaction.ts';

const MOST_PARAMETERS = 100;
/** Alternatives of all parameters together. */
const MOST_VALUES = 2000;

/** @throws FhirError 400 */
export function checkQuery(params: SearchParams): void {
  const all = Object.values(params).flat();
  if (all.length > MOST_PARAMETERS) throw tooCostly(`A query may have ${MOST_PARAMETERS} parameters at most.`, 'http');
  const values = all.reduce((sum, value) => sum + value.split(',').length, 0);
  if (values > MOST_VALUES) throw tooCostly(`A query may have ${MOST_VALUES} values at most.`, 'http');
}
