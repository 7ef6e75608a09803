/** The date an interval is counted from (CDSi logic specification 6.5: CALCDTINT-1, -2, -8, -9). */
import type { CalendarDate } from '../calendar.ts';
import type { DoseEvaluation, SeriesWalk } from '../series/patient-series.ts';
import type { IntervalReference } from '../supporting-data.ts';

/** Undefined where there is nothing to count from: the interval isn't checked then. */
export function referenceDate(
  reference: IntervalReference,
  walk: SeriesWalk,
  before: number,
): CalendarDate | undefined {
  switch (reference.from) {
    case 'previous-dose':
      return walk.evaluations.findLast(isReferenceDose)?.dose.date;
    case 'target-dose':
      return walk.targetDoses.reduce<CalendarDate | undefined>(
        (found, target) =>
          target.status === 'satisfied' && target.seriesDose.number === reference.doseNumber ? target.dose.date : found,
        undefined,
      );
    case 'most-recent':
      return walk.patient.doses.findLast(
        (dose) =>
          dose.order < before &&
          reference.vaccineTypes.has(dose.cvx) &&
          !walk.evaluations.some((evaluation) => evaluation.dose === dose && isInadvertent(evaluation)),
      )?.date;
    case 'observation':
      return walk.patient.observations.get(reference.code);
  }
}

const isReferenceDose = (evaluation: DoseEvaluation): boolean =>
  (evaluation.status === 'valid' || evaluation.status === 'not-valid') && !isInadvertent(evaluation);

const isInadvertent = ({ reasons }: DoseEvaluation): boolean =>
  reasons.some(({ code }) => code === 'inadvertent-vaccine');
