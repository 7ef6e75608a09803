/** The first day on which the next target dose could be given (CDSi logic specification 7.4, FORECASTDTCAN-1). */

import { addDuration, type CalendarDate, type Duration, latest } from '../calendar.ts';
import { ageRowInForce } from '../evaluate/age.ts';
import { referenceDate } from '../evaluate/interval-reference.ts';
import { isInForce } from '../in-force.ts';
import type { SeriesWalk } from '../series/patient-series.ts';
import type { PreferableInterval, SeriesDose } from '../supporting-data.ts';

/** Where no date limits it, the patient's birth date. */
export function candidateEarliestDate(target: SeriesDose, walk: SeriesWalk): CalendarDate {
  const { patient, evaluations } = walk;
  const minimumAge = ageRowInForce(target, patient.assessmentDate)?.minimumAge;
  const dates = [
    minimumAge && addDuration(patient.birthDate, minimumAge),
    ...intervalDates(target, walk, ({ minimumInterval }) => minimumInterval),
    latestConflictEnd(target, walk),
    target.season?.startDate,
    // Inadvertent administrations are among these: the most recent dose is at least as late.
    evaluations.at(-1)?.dose.date,
  ];
  return latest(dates) ?? patient.birthDate;
}

/** For each interval in force that has a date to count from, the date at the end of the part that is asked for. */
export function intervalDates(
  target: SeriesDose,
  walk: SeriesWalk,
  part: (interval: PreferableInterval) => Duration | undefined,
): readonly CalendarDate[] {
  const dates: CalendarDate[] = [];
  for (const interval of target.preferableIntervals) {
    const span = isInForce(interval, walk.patient.assessmentDate) ? part(interval) : undefined;
    const reference = span && referenceDate(interval.reference, walk, Number.POSITIVE_INFINITY);
    if (span !== undefined && reference !== undefined) dates.push(addDuration(reference, span));
  }
  return dates;
}

/** CALCDTCONFLICT-3: the full end interval after every dose given that conflicts with a preferable vaccine. */
function latestConflictEnd({ preferableVaccines }: SeriesDose, { patient }: SeriesWalk): CalendarDate | undefined {
  let found: CalendarDate | undefined;
  for (const { cvx } of preferableVaccines) {
    const byPrevious = patient.schedule.conflicts.get(cvx);
    if (byPrevious === undefined) continue;
    for (const dose of patient.doses) {
      const conflict = byPrevious.get(dose.cvx);
      if (conflict) found = latest([found, addDuration(dose.date, conflict.endInterval)]);
    }
  }
  return found;
}
