/** Was the vaccine one that must not be given for this dose (CDSi logic specification 6.3, Table 6-13). */
import type { AdministeredDose } from '../patient.ts';
import type { EvaluationReason } from '../series/patient-series.ts';
import type { SeriesDose } from '../supporting-data.ts';

/** The reason where it was: nothing else is evaluated then. */
export function evaluateInadvertentVaccine(dose: AdministeredDose, target: SeriesDose): EvaluationReason | undefined {
  return target.inadvertentVaccines.has(dose.cvx) ? { code: 'inadvertent-vaccine', section: '6.3' } : undefined;
}
