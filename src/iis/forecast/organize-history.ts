/** Organises the immunization history: doses → antigen administered records, sorted (CDSi logic specification 4.2). */
import { addDuration, type CalendarDate, calendarDate } from './calendar.ts';
import { normalizeCvx } from './compile/fields.ts';
import type {
  AdministeredDose,
  ForecastInput,
  NotEvaluatedDose,
  NotEvaluatedReason,
  PartialDate,
  Patient,
  VaccineDoseAdministered,
} from './patient.ts';
import type { AgeRange, Schedule } from './supporting-data.ts';

/** The same patient whatever the order in which the doses and observations are given. */
export function organizeHistory(input: ForecastInput, schedule: Schedule): Patient {
  const notEvaluated: NotEvaluatedDose[] = [];
  const placed: PlacedDose[] = [];
  for (const given of input.dosesAdministered) {
    const dose = placeDose(given, input, schedule);
    if (typeof dose === 'string') notEvaluated.push({ given, reason: dose });
    else placed.push(dose);
  }
  const doses = placed.sort(byDate).map((dose, order) => ({ ...dose, order }));
  return {
    birthDate: input.birthDate,
    gender: input.gender,
    birthCountry: input.birthCountry,
    assessmentDate: input.assessmentDate,
    observations: mostRecentObservations(input),
    doses,
    records: antigenRecords(doses),
    notEvaluated: notEvaluated.sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b))),
    schedule,
  };
}

type PlacedDose = Omit<AdministeredDose, 'order'>;

/**
 * A date that isn't known to the day is not guessed: the dose is reported as not evaluated. So is a dose before birth or
 * after the day that is looked at, and one of a vaccine without antigens in the schedule.
 */
function placeDose(
  given: VaccineDoseAdministered,
  { birthDate, assessmentDate }: ForecastInput,
  { vaccines }: Schedule,
): PlacedDose | NotEvaluatedReason {
  const cvx = normalizeCvx(given.cvx);
  const vaccine = cvx === undefined ? undefined : vaccines.get(cvx);
  const date = given.dateAdministered;
  if (cvx === undefined || vaccine === undefined) return 'vaccine-unknown';
  if (typeof date !== 'number') return 'date-not-known-to-the-day';
  if (date < birthDate) return 'before-birth';
  if (date > assessmentDate) return 'after-assessment-date';
  const associated = vaccine.associations.filter((association) => isWithinAges(date, birthDate, association));
  const antigens = associated.map(({ antigen }) => antigen);
  return antigens.length === 0 ? 'no-antigen-at-this-age' : { given, cvx, date, antigens };
}

/** Whether a date falls into a window of ages: begin inclusive, end exclusive. */
export function isWithinAges(date: CalendarDate, birthDate: CalendarDate, { beginAge, endAge }: AgeRange): boolean {
  if (beginAge !== undefined && date < addDuration(birthDate, beginAge)) return false;
  return endAge === undefined || date < addDuration(birthDate, endAge);
}

/** Same-day doses are ordered by what they are, so that the order in which they were given to us doesn't count. */
function byDate(a: PlacedDose, b: PlacedDose): number {
  return a.date - b.date || compare(tieBreak(a), tieBreak(b));
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

function tieBreak({ cvx, given }: PlacedDose): string {
  const { mvx, tradeName, volume, condition, lotExpirationDate, id } = given;
  return JSON.stringify([condition ?? '', cvx.padStart(5, '0'), mvx, tradeName, volume, lotExpirationDate, id]);
}

function antigenRecords(doses: readonly AdministeredDose[]): Patient['records'] {
  const records = new Map<string, AdministeredDose[]>();
  for (const dose of doses) {
    for (const antigen of dose.antigens) {
      const list = records.get(antigen);
      if (list) list.push(dose);
      else records.set(antigen, [dose]);
    }
  }
  return records;
}

function mostRecentObservations({ observations }: ForecastInput): Patient['observations'] {
  const dates = new Map<string, CalendarDate | undefined>();
  for (const { code, date } of observations) {
    const known = dates.get(code);
    dates.set(code, known === undefined || (date !== undefined && date > known) ? date : known);
  }
  return dates;
}

/** The last day a partial date can mean; lots expire at the end of their month (CALCDTLOTEXP-1). */
export function lastDayOf(date: CalendarDate | PartialDate): CalendarDate {
  if (typeof date === 'number') return date;
  const { year, month = 12 } = date;
  if (year === undefined) return Number.POSITIVE_INFINITY;
  return month === 12 ? calendarDate(year, 12, 31) : calendarDate(year, month + 1, 1) - 1;
}
