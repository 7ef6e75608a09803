/** The values inside CDC's supporting data: durations, dates, codes and words, each refused when it is unknown (3.1). */
import { type CalendarDate, calendarDate, type Duration, formatCalendarDate } from '../calendar.ts';
import type { AgeRange, Cvx, InForce } from '../supporting-data.ts';
import { childOf, textOf, type XmlElement } from './xml-element.ts';

/** A value the compiler doesn't know: a new release may need new code, so it is refused rather than guessed. */
export const unknownValue = (what: string, text: string | undefined): Error =>
  new Error(`The supporting data has ${text === undefined ? 'no value' : `"${text}"`} as ${what}.`);

const DURATION = /^(\d+) (day|week|month|year)s?(?: ([+-]) (\d+) (day|week|month|year)s?)?$/i;

/** `N unit`, `N unit + M unit` or `N unit - M unit`. */
export function parseDuration(text: string): Duration {
  const [, count, unit, sign, further, furtherUnit] = DURATION.exec(text) ?? [];
  if (count === undefined || unit === undefined) throw unknownValue('a duration', text);
  const first = part(Number(count), unit);
  if (furtherUnit === undefined) return first;
  const second = part(Number(further) * (sign === '-' ? -1 : 1), furtherUnit);
  return {
    years: first.years + second.years,
    months: first.months + second.months,
    days: first.days + second.days,
  };
}

function part(count: number, unit: string): Duration {
  const [years, months] = [/^y/i.test(unit) ? count : 0, /^m/i.test(unit) ? count : 0];
  if (years !== 0 || months !== 0) return { years, months, days: 0 };
  return { years, months, days: /^w/i.test(unit) ? count * 7 : count };
}

/** `YYYYMMDD`. */
export function parseCompactDate(text: string): CalendarDate {
  return checkedDate(text, text.slice(0, 4), text.slice(4, 6), text.slice(6));
}

/** `MM/DD/YYYY`, which only the immunity birth date is written in. */
export function parseAmericanDate(text: string): CalendarDate {
  const [month = '', day = '', year = ''] = text.split('/');
  return checkedDate(text, year, month, day);
}

function checkedDate(text: string, ...[year, month, day]: readonly [string, string, string]): CalendarDate {
  const date = calendarDate(Number(year), Number(month), Number(day));
  if (Number.isNaN(date) || formatCalendarDate(date) !== `${year}-${month}-${day}`) throw unknownValue('a date', text);
  return date;
}

/** Two digits at least: `3`, `03` and `003` are one code. Undefined where the text is no CVX code. */
export function normalizeCvx(text: string): Cvx | undefined {
  const [, digits] = /^\s*0*(\d{1,5})\s*$/.exec(text) ?? [];
  return digits?.padStart(2, '0');
}

export function parseCvx(text: string | undefined): Cvx {
  const cvx = normalizeCvx(text ?? '');
  if (cvx === undefined) throw unknownValue('a CVX code', text);
  return cvx;
}

/** Codes separated by semicolons. */
export const parseCvxList = (text: string): ReadonlySet<Cvx> =>
  new Set(
    text
      .split(';')
      .filter((code) => code.trim() !== '')
      .map(parseCvx),
  );

/** The value a word stands for, whatever its case. */
export function parseWord<T>(words: Readonly<Record<string, T>>, what: string, text: string | undefined): T {
  const key = text?.toLowerCase() ?? '';
  const value = Object.hasOwn(words, key) ? words[key] : undefined;
  if (value === undefined) throw unknownValue(what, text);
  return value;
}

export const parseYesNo = (text: string | undefined, what: string): boolean =>
  parseWord({ yes: true, no: false, y: true, n: false }, what, text);

/** A field that may be absent, under its own name: `{}` or `{ [name]: value }`. */
export function optional<Name extends string, T>(
  name: Name,
  text: string | undefined,
  parse: (text: string) => T,
): { readonly [N in Name]?: T } {
  if (text === undefined || text.toLowerCase() === 'n/a') return {};
  return { [name]: parse(text) } as { readonly [N in Name]: T };
}

export const parseAgeRange = (element: XmlElement): AgeRange => ({
  ...optional('beginAge', textOf(element, 'beginAge'), parseDuration),
  ...optional('endAge', textOf(element, 'endAge'), parseDuration),
});

export const parseInForce = (element: XmlElement): InForce => ({
  ...optional('effectiveDate', textOf(element, 'effectiveDate'), parseCompactDate),
  ...optional('cessationDate', textOf(element, 'cessationDate'), parseCompactDate),
});

/** The text of a field that must be filled. */
export function required(element: XmlElement, name: string): string {
  const text = childOf(element, name)?.text;
  if (text === undefined || text === '') throw unknownValue(name, text);
  return text;
}
