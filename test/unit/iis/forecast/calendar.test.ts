import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDuration,
  calendarDate,
  formatCalendarDate,
  parseCalendarDate,
} from '../../../../src/iis/forecast/calendar.ts';
import { parseDuration } from '../../../../src/iis/forecast/compile/fields.ts';

const plus = (date: string, duration: string) =>
  formatCalendarDate(addDuration(parseCalendarDate(date), parseDuration(duration)));

describe('adding a duration to a date', () => {
  // The examples of the logic specification, CALCDT-1 to CALCDT-6.
  it.each([
    ['2000-01-01', '3 years', '2003-01-01'],
    ['2000-01-01', '6 months', '2000-07-01'],
    ['2000-11-01', '6 months', '2001-05-01'],
    ['2000-01-01', '3 days', '2000-01-04'],
    ['2000-01-01', '3 weeks', '2000-01-22'],
    ['2000-02-01', '5 weeks', '2000-03-07'],
    ['2001-02-01', '5 weeks', '2001-03-08'],
    ['2000-03-31', '6 months', '2000-10-01'],
    ['2000-08-31', '6 months', '2001-03-01'],
    ['2000-01-31', '6 months - 4 days', '2000-07-27'],
  ])('makes %s plus %s into %s', (date, duration, expected) => {
    expect(plus(date, duration)).toBe(expected);
  });

  it('moves 29 February to 1 March in a year that is no leap year', () => {
    expect(plus('2024-02-29', '1 year')).toBe('2025-03-01');
    expect(plus('2024-02-29', '4 years')).toBe('2028-02-29');
  });

  it('takes months away as it adds them', () => {
    expect(plus('2000-01-15', '16 years - 4 months')).toBe('2015-09-15');
  });

  it('never gives a day before the month that was asked for, nor one after the first of the next', () => {
    fc.assert(
      fc.property(fc.integer({ min: -30_000, max: 60_000 }), fc.integer({ min: 0, max: 1500 }), (date, months) => {
        const moved = addDuration(date, { years: 0, months, days: 0 });
        const [year = 0, month = 0] = formatCalendarDate(date).split('-').map(Number);
        const first = calendarDate(year + Math.floor((month - 1 + months) / 12), ((month - 1 + months) % 12) + 1, 1);
        expect(moved).toBeGreaterThanOrEqual(first);
        expect(moved).toBeLessThanOrEqual(first + 31);
      }),
    );
  });
});

describe('calendar dates', () => {
  it('are the days that the Gregorian calendar has', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 900_000 }), (date) => {
        expect(formatCalendarDate(date)).toBe(new Date(date * 86_400_000).toISOString().replace(/T.*/, ''));
        expect(parseCalendarDate(formatCalendarDate(date))).toBe(date);
      }),
    );
  });

  it.each(['2025-02-29', '2025-13-01', '2025-1-1', '20250101', '', '2025-06-31'])(
    'are refused where %j is none',
    (text) => {
      expect(() => parseCalendarDate(text)).toThrow('is not a calendar date');
    },
  );
});
