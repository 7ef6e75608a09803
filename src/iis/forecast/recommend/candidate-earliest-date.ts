/** The first day on which the next target dose could be given (CDSi logic specification 7.4, FORECASTDTCAN-1). */

import { addDuration, type CalendarDate, type Duration, later } from '../calendar.ts';
import { referenceDate } from '../evaluate/interval-reference.ts';
import { isInForce } from '../in-force.ts';
import type { SeriesWalk } from '../series/patient-series.ts';
import type { AgeRow, PreferableInterval, SeriesDose } from '../supporting-data.ts';

/**
 * Where no date limits it, the birth date. Table 7-9 assumes 12/31/2999 instead, which would call aged out whoever comes
 * to a dose without a minimum age and an earlier dose: a person at risk would be told that nothing is due.
 */
export function candidateEarliestDate(target: SeriesDose, ages: AgeRow | undefined, walk: SeriesWalk): CalendarDate {
  const { patient, evaluations } = walk;
  const minimumAge = ages?.minimumAge;
  let found = minimumAge && addDuration(patient.birthDate, minimumAge);
  found = later(found, latestIntervalDate(target, walk, minimumInterval));
  found = later(found, latestConflictEnd(target, walk));
  found = later(found, target.season?.startDate);
  // Inadvertent administrations are among these: the most recent dose is at least as late.
  found = later(found, evaluations.at(-1)?.dose.date);
  return found ?? patient.birthDate;
}

const minimumInterval = (interval: PreferableInterval): Duration | undefined => interval.minimumInterval;

/** The latest of the dates at the end of the part that is asked for, of all intervals in force that have a reference. */
export function latestIntervalDate(
  target: SeriesDose,
  walk: SeriesWalk,
  part: (interval: PreferableInterval) => Duration | undefined,
): CalendarDate | undefined {
  let found: CalendarDate | undefined;
  for (const interval of target.preferableIntervals) {
    const span = isInForce(interval, walk.patient.assessmentDate) ? part(interval) : undefined;
    const reference = span && referenceDate(interval.reference, walk, Number.POSITIVE_INFINITY);
    if (span !== undefined && reference !== undefined) found = later(found, addDuration(reference, span));
  }
  return found;
}

/** CALCDTCONFLICT-3: the full end interval after every dose given that conflicts with a preferable vaccine. */
function latestConflictEnd({ preferableVaccines }: SeriesDose, { patient }: SeriesWalk): CalendarDate | undefined {
  let found: CalendarDate | undefined;
  for (const { cvx, date } of patient.doses) {
    const byCurrent = patient.schedule.conflicts.get(cvx);
    if (byCurrent === undefined) continue;
    for (const vaccine of preferableVaccines) {
      const conflict = byCurrent.get(vaccine.cvx);
      if (conflict) found = later(found, addDuration(date, conflict.endInterval));
    }
  }
  return found;
}
