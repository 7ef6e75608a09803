/** Was the dose too close to another vaccine, live viruses above all (CDSi logic specification 6.7). */
import { addDuration } from '../calendar.ts';
import type { AdministeredDose } from '../patient.ts';
import type { EvaluationReason, SeriesWalk } from '../series/patient-series.ts';
import type { VaccineConflict } from '../supporting-data.ts';

/** CONFLICT-3 against every earlier dose of the patient, whatever its antigen. */
export function evaluateVaccineConflict(dose: AdministeredDose, walk: SeriesWalk): EvaluationReason | undefined {
  for (const previous of walk.patient.doses) {
    if (previous.order >= dose.order) return undefined;
    const conflict = walk.patient.schedule.conflicts.get(previous.cvx)?.get(dose.cvx);
    const reason = conflict && conflictWith(previous, dose, { conflict, walk });
    if (reason) return reason;
  }
  return undefined;
}

interface ConflictQuestion {
  readonly conflict: VaccineConflict;
  readonly walk: SeriesWalk;
}

/** CALCDTCONFLICT-1 and -2. */
function conflictWith(
  previous: AdministeredDose,
  { date }: AdministeredDose,
  { conflict, walk }: ConflictQuestion,
): EvaluationReason | undefined {
  if (date < addDuration(previous.date, conflict.beginInterval)) return undefined;
  const interval = countsAsValid(previous, walk) ? conflict.minimumEndInterval : conflict.endInterval;
  const end = addDuration(previous.date, interval);
  return date < end ? { code: 'vaccine-conflict', section: '6.7', limit: end, reference: previous.date } : undefined;
}

/**
 * The previous dose's verdict is the one in this series. A dose of other antigens only has none here, which counts as
 * valid: so the answer depends on no other series and no order.
 */
function countsAsValid(previous: AdministeredDose, walk: SeriesWalk): boolean {
  const evaluation = walk.evaluations.find(({ dose }) => dose === previous);
  return evaluation === undefined || evaluation.status === 'valid';
}
