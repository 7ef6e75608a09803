/** Calendar dates and the arithmetic of ages and intervals (CDSi logic specification 3.4, CALCDT-1 to CALCDT-6). */
import { badValue } from '../../fhir/error.ts';

/** A day of the Gregorian calendar as whole days since 1970-01-01: no time, no zone. Later days are greater numbers. */
export type CalendarDate = number;

/** A span of the calendar; parts may be negative ("4 weeks - 4 days" is 24 days, "16 years - 4 months" keeps both). */
export interface Duration {
  readonly years: number;
  readonly months: number;
  /** Weeks are counted in here. */
  readonly days: number;
}

interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DAYS_PER_ERA = 146_097;
const DAYS_FROM_MARCH_OF_YEAR_0 = 719_468;

/** Days since 1970-01-01; a day beyond the end of its month runs on into the next. Months count from 1. */
export function calendarDate(year: number, month: number, day: number): CalendarDate {
  // Years begin in March here, so that the leap day is the last day of its year.
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = month > 2 ? month - 3 : month + 9;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - DAYS_FROM_MARCH_OF_YEAR_0;
}

function toCivil(date: CalendarDate): Civil {
  const days = date + DAYS_FROM_MARCH_OF_YEAR_0;
  const era = Math.floor(days / DAYS_PER_ERA);
  const dayOfEra = days - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

/**
 * Years first, then months, then days (CALCDT-6). A day that doesn't exist becomes the first of the next month
 * (CALCDT-5) before days are counted: 31 January + 6 months - 4 days is 27 July.
 */
export function addDuration(date: CalendarDate, { years, months, days }: Duration): CalendarDate {
  const afterYears = years === 0 ? date : addMonths(date, years * 12);
  const afterMonths = months === 0 ? afterYears : addMonths(afterYears, months);
  return afterMonths + days;
}

function addMonths(date: CalendarDate, months: number): CalendarDate {
  const { year, month, day } = toCivil(date);
  const total = year * 12 + month - 1 + months;
  const [toYear, toMonth] = [Math.floor(total / 12), (((total % 12) + 12) % 12) + 1];
  const moved = calendarDate(toYear, toMonth, day);
  return day <= 28 ? moved : Math.min(moved, firstOfNextMonth(toYear, toMonth));
}

const firstOfNextMonth = (year: number, month: number): CalendarDate =>
  month === 12 ? calendarDate(year + 1, 1, 1) : calendarDate(year, month + 1, 1);

/** The day on the calendar of this machine's time zone. */
export const dayOf = (instant: Date): CalendarDate =>
  calendarDate(instant.getFullYear(), instant.getMonth() + 1, instant.getDate());

const WRITTEN = /^(\d{4})-(\d\d)-(\d\d)$/;

/**
 * Reads `YYYY-MM-DD`.
 * @throws FhirError 400 when the text is no day of the calendar.
 */
export function parseCalendarDate(text: string): CalendarDate {
  const [, year, month, day] = WRITTEN.exec(text) ?? [];
  const date = calendarDate(Number(year), Number(month), Number(day));
  if (Number.isNaN(date) || formatCalendarDate(date) !== text) throw badValue(`${text} is not a calendar date.`);
  return date;
}

/** `YYYY-MM-DD`. */
export function formatCalendarDate(date: CalendarDate): string {
  const { year, month, day } = toCivil(date);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** The later of two dates, or the one that is there. */
export function later(a: CalendarDate | undefined, b: CalendarDate | undefined): CalendarDate | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}

/** The earliest of the dates that are there. */
export function earliest(dates: readonly (CalendarDate | undefined)[]): CalendarDate | undefined {
  let found: CalendarDate | undefined;
  for (const date of dates) if (date !== undefined && (found === undefined || date < found)) found = date;
  return found;
}
