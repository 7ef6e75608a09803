/** Can the dose be evaluated at all: expired lots and flagged doses are sub-standard (CDSi logic specification 6.1). */
import { lastDayOf } from '../organize-history.ts';
import type { AdministeredDose } from '../patient.ts';
import type { EvaluationReason } from '../series/patient-series.ts';

/** The reason why the dose is sub-standard (Table 6-3). */
export function evaluateDoseCondition({ given, date }: AdministeredDose): EvaluationReason | undefined {
  const expiration = given.lotExpirationDate === undefined ? undefined : lastDayOf(given.lotExpirationDate);
  if (expiration !== undefined && date > expiration) {
    return { code: 'past-lot-expiration', section: '6.1', limit: expiration };
  }
  return given.condition === undefined ? undefined : { code: 'dose-condition', section: '6.1' };
}
