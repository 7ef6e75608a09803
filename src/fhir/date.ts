/**
 * FHIR dates of any precision as closed intervals of milliseconds (FHIR R4, datatypes.html#dateTime; search.html#date).
 *
 * A date without a time zone has no place on the line of instants. It is laid there as if it were in UTC, and `zoned`
 * says so, so that whoever compares can fall back to the calendar: `localLo` and `localHi` are what a calendar and a
 * clock on the wall showed, again laid out as if in UTC. For a date without a zone both pairs are the same.
 */

export interface DateInterval {
  /** First and last instant, both inside, in milliseconds since 1970-01-01T00:00Z. */
  readonly lo: number;
  readonly hi: number;
  /** The same two as wall-clock time. */
  readonly localLo: number;
  readonly localHi: number;
  /** Whether the text named a time zone. */
  readonly zoned: boolean;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
/** The Gregorian calendar repeats after this many milliseconds, and every year of a FHIR date does within it. */
const FOUR_CENTURIES = 146_097 * DAY;
const FORM =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(\.\d+)?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?)?)?$/;

/**
 * Reads a date, dateTime or instant; a time may lack seconds and zone, as search values may.
 * @returns undefined when the text is no date of the calendar.
 */
export function parseDate(text: string): DateInterval | undefined {
  const [, year, month, day, hour, minute, second, fraction, zone] = FORM.exec(text) ?? [];
  if (!year || year === '0000' || !isInCalendar(year, month, day)) return undefined;
  if (!month) return closed(utc(+year, 0, 1), utc(+year + 1, 0, 1));
  if (!day) return closed(utc(+year, +month - 1, 1), utc(+year, +month, 1));
  const midnight = utc(+year, +month - 1, +day);
  if (!hour || !minute) return closed(midnight, midnight + DAY);
  const start = midnight + (+hour * 60 + +minute) * MINUTE + Number(second ?? 0) * 1000 + milliseconds(fraction);
  return closed(start, start + width(second, fraction), zone);
}

/** Midnight in UTC; `Date.UTC` alone takes the years 0 to 99 for 1900 to 1999. */
function utc(year: number, month: number, day: number): number {
  return Date.UTC(year + 400, month, day) - FOUR_CENTURIES;
}

function isInCalendar(year: string, month: string | undefined, day: string | undefined): boolean {
  if (!month) return true;
  if (month < '01' || month > '12') return false;
  return !day || (day > '00' && utc(+year, +month - 1, +day) < utc(+year, +month, 1));
}

const milliseconds = (fraction: string | undefined): number =>
  fraction ? Math.floor(Number(fraction.slice(1, 4).padEnd(3, '0'))) : 0;

function width(second: string | undefined, fraction: string | undefined): number {
  if (!second) return MINUTE;
  return fraction ? 1 : 1000;
}

function closed(localLo: number, localEnd: number, zone?: string): DateInterval {
  const shift = zone ? offset(zone) : 0;
  const localHi = localEnd - 1;
  return { lo: localLo - shift, hi: localHi - shift, localLo, localHi, zoned: zone !== undefined };
}

/** Milliseconds east of Greenwich. */
function offset(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * MINUTE;
}
