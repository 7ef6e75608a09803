/** The points that series of one group are compared by (CDSi logic specification 8.4, 8.5, 8.6). */
import { addDuration, type CalendarDate, earliest } from '../calendar.ts';
import { ageRowInForce } from '../evaluate/age.ts';
import type { Patient } from '../patient.ts';
import type { PatientSeries } from './patient-series.ts';

/** The points of each series, in the order of the series. */
export type Score = (entries: readonly PatientSeries[], patient: Patient) => readonly number[];

/** Table 8-7. */
export const scoreComplete: Score = (entries) => pointsForMostValidDoses(entries, 1);

/** Table 8-9. */
export const scoreInProcess: Score = (entries, patient) => {
  const finish = entries.map((entry) => forecastFinishDate(entry));
  const completable = entries.map((entry, index) => isCompletable(entry, finish[index], patient));
  const remaining = entries.map((entry) => entry.remaining.length);
  const firstFinish = earliest(finish.filter((_, index) => completable[index]));
  return sum([
    entries.map((entry) => (entry.series.isProductPath && hasAllValidDoses(entry) ? 2 : -2)),
    completable.map((is) => (is ? 3 : -3)),
    pointsForMostValidDoses(entries, 2),
    unlessTied(
      remaining.map((count) => count === Math.min(...remaining)),
      2,
    ),
    unlessTied(
      finish.map((date, index) => completable[index] === true && date === firstFinish),
      1,
    ),
  ]);
};

/** Table 8-11. */
export const scoreNoValidDoses: Score = (entries, patient) => {
  const start = entries.map(({ forecast }) => forecast.dates?.earliest);
  const firstStart = earliest(start);
  return sum([
    unlessTied(
      start.map((date) => date !== undefined && date === firstStart),
      1,
    ),
    entries.map((entry) => (isCompletable(entry, forecastFinishDate(entry), patient) ? 1 : -1)),
    entries.map(({ series }) => (series.isProductPath ? -1 : 1)),
  ]);
};

/** SELECTB-19. */
function pointsForMostValidDoses(entries: readonly PatientSeries[], points: number): readonly number[] {
  const most = Math.max(...entries.map(({ validDoses }) => validDoses));
  return unlessTied(
    entries.map(({ validDoses }) => validDoses === most),
    points,
  );
}

/** Points for the one that is ahead, none where several share the lead, as many less for the others. */
function unlessTied(leads: readonly boolean[], points: number): readonly number[] {
  const isTied = leads.filter(Boolean).length > 1;
  return leads.map((isAhead) => (isAhead ? (isTied ? 0 : points) : -points));
}

const sum = (rows: readonly (readonly number[])[]): readonly number[] =>
  (rows[0] ?? []).map((_, index) => rows.reduce((total, row) => total + (row[index] ?? 0), 0));

/** SELECTB-2. */
const hasAllValidDoses = ({ evaluations }: PatientSeries): boolean =>
  evaluations.every(({ status }) => status === 'valid');

/** SELECTB-12: the earliest date plus the latest minimum interval of the remaining target doses. */
function forecastFinishDate({ forecast, remaining }: PatientSeries): CalendarDate | undefined {
  const start = forecast.dates?.earliest;
  if (start === undefined) return undefined;
  const ends = remaining.flatMap(({ preferableIntervals }) =>
    preferableIntervals.map(({ minimumInterval }) => (minimumInterval ? addDuration(start, minimumInterval) : start)),
  );
  return Math.max(start, ...ends);
}

/** SELECTB-3. */
function isCompletable({ series }: PatientSeries, finish: CalendarDate | undefined, patient: Patient): boolean {
  const last = series.doses.at(-1);
  const maximumAge = last && ageRowInForce(last, patient.assessmentDate)?.maximumAge;
  if (finish === undefined) return false;
  return maximumAge === undefined || finish < addDuration(patient.birthDate, maximumAge);
}
