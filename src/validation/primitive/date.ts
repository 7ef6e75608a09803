/** date, dateTime, instant and time: the form, and whether the calendar has that day (FHIR R4, datatypes.html#dateTime). */
import type { Fault } from './check.ts';

const YEAR = '(?!0000)[0-9]{4}';
const MONTH = '(?:0[1-9]|1[0-2])';
const DAY = '(?:0[1-9]|[12][0-9]|3[01])';
const CLOCK = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\\.[0-9]+)?';
const ZONE = '(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))';

const DATE = new RegExp(`^${YEAR}(?:-${MONTH}(?:-${DAY})?)?$`);
const DATE_TIME = new RegExp(`^${YEAR}(?:-${MONTH}(?:-${DAY}(?:T${CLOCK}${ZONE})?)?)?$`);
const INSTANT = new RegExp(`^${YEAR}-${MONTH}-${DAY}T${CLOCK}${ZONE}$`);
const TIME = new RegExp(`^${CLOCK}$`);

const NOT_IN_CALENDAR: Fault = {
  id: 'date-calendar',
  code: 'value',
  message: 'The calendar has no such day.',
};

const formFault = (type: string, form: string): Fault => ({
  id: `${type}-form`,
  code: 'value',
  message: `A ${type} is written ${form}.`,
});

const DATE_FORM = formFault('date', 'YYYY, YYYY-MM or YYYY-MM-DD');
const DATE_TIME_FORM = formFault(
  'dateTime',
  'YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a time zone: Z, or -14:00 to +14:00',
);
const INSTANT_FORM = formFault('instant', 'YYYY-MM-DDThh:mm:ss with a time zone: Z, or -14:00 to +14:00');
const TIME_FORM = formFault('time', 'hh:mm:ss, without a time zone');

const check =
  (form: RegExp, fault: Fault) =>
  (value: string): Fault | undefined => {
    if (!form.test(value)) return fault;
    return isInCalendar(value) ? undefined : NOT_IN_CALENDAR;
  };

export const checkDate = check(DATE, DATE_FORM);
export const checkDateTime = check(DATE_TIME, DATE_TIME_FORM);
export const checkInstant = check(INSTANT, INSTANT_FORM);
export const checkTime = (value: string): Fault | undefined => (TIME.test(value) ? undefined : TIME_FORM);

/** Only the days 29 to 31 can be missing from a month. */
function isInCalendar(value: string): boolean {
  const day = value.length < 10 ? 0 : Number(value.slice(8, 10));
  if (day < 29) return true;
  return day <= daysIn(Number(value.slice(0, 4)), Number(value.slice(5, 7)));
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
