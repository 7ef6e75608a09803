/** Was the dose too close to another vaccine, live viruses above all (CDSi logic specification 6.7). */
import { addDuration } from '../calendar.ts';
import type { AdministeredDose } from '../patient.ts';
import type { EvaluationReason, SeriesWalk } from '../series/patient-series.ts';

/** CALCDTCONFLICT-1, -2 and CONFLICT-3 against every earlier dose of the patient, whatever its antigen. */
export function evaluateVaccineConflict(dose: AdministeredDose, walk: SeriesWalk): EvaluationReason | undefined {
  const byPrevious = walk.patient.schedule.conflicts.get(dose.cvx);
  if (byPrevious === undefined) return undefined;
  for (const previous of walk.patient.doses) {
    if (previous.order >= dose.order) return undefined;
    const conflict = byPrevious.get(previous.cvx);
    if (conflict === undefined || dose.date < addDuration(previous.date, conflict.beginInterval)) continue;
    const isValid = countsAsValid(previous, walk);
    const end = addDuration(previous.date, isValid ? conflict.minimumEndInterval : conflict.endInterval);
    if (dose.date < end) return { code: 'vaccine-conflict', section: '6.7', limit: end, reference: previous.date };
  }
  return undefined;
}

/**
 * The previous dose's verdict is the one in this series. A dose of other antigens only has none here, which counts as
 * valid: so the answer depends on no other series and no order.
 */
function countsAsValid(previous: AdministeredDose, walk: SeriesWalk): boolean {
  const evaluation = walk.evaluations.find(({ dose }) => dose === previous);
  return evaluation === undefined || evaluation.status === 'valid';
}
