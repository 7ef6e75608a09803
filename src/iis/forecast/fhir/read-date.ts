/** FHIR dates as the engine takes them: the day as it is written, whatever the zone (FHIR R4, datatypes.html#dateTime). */
import { parseDate } from '../../../fhir/date.ts';
import { type CalendarDate, calendarDate } from '../calendar.ts';
import type { PartialDate } from '../patient.ts';

/**
 * A date or dateTime. A dose that was given at 23:30 in New York was given on that day, which is another one in UTC; what
 * a calendar on the wall showed is what ages and intervals are counted by.
 * @returns undefined where the text is no date
 */
export function readDate(text: string): CalendarDate | PartialDate | undefined {
  if (parseDate(text) === undefined) return undefined;
  const [year = 0, month, day] = text.slice(0, 10).split('-').map(Number);
  if (month === undefined) return { year };
  return day === undefined ? { year, month } : calendarDate(year, month, day);
}

/** The day, where the text is a date that is known to the day. */
export function readDay(text: string | undefined): CalendarDate | undefined {
  const date = text === undefined ? undefined : readDate(text);
  return typeof date === 'number' ? date : undefined;
}
