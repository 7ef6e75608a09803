import { describe, expect, it } from 'vitest';
import { calendarDate } from '../../../../../src/iis/forecast/calendar.ts';
import {
  normalizeCvx,
  parseAmericanDate,
  parseCompactDate,
  parseCvxList,
  parseDuration,
} from '../../../../../src/iis/forecast/compile/fields.ts';

describe('the values of the supporting data', () => {
  it.each([
    ['6 weeks', { years: 0, months: 0, days: 42 }],
    ['1 years - 4 days', { years: 1, months: 0, days: -4 }],
    ['46 Years', { years: 46, months: 0, days: 0 }],
    ['13 years + 4 weeks', { years: 13, months: 0, days: 28 }],
    ['16 years - 4 months', { years: 16, months: -4, days: 0 }],
    ['0 days', { years: 0, months: 0, days: 0 }],
  ])('read %j as a duration', (text, duration) => {
    expect(parseDuration(text)).toEqual(duration);
  });

  it.each(['', '4', 'weeks', '4 fortnights', '4 weeks 2 days', '1.5 years'])('refuse %j as a duration', (text) => {
    expect(() => parseDuration(text)).toThrow('as a duration');
  });

  it('read both forms of dates', () => {
    expect(parseCompactDate('20250827')).toBe(calendarDate(2025, 8, 27));
    expect(parseAmericanDate('01/31/1957')).toBe(calendarDate(1957, 1, 31));
    expect(() => parseCompactDate('20250231')).toThrow('as a date');
  });

  it('take CVX codes with and without leading zeros for the same', () => {
    expect(['3', '03', '003', ' 03 '].map(normalizeCvx)).toEqual(['03', '03', '03', '03']);
    expect(normalizeCvx('110')).toBe('110');
    expect(normalizeCvx('PCV')).toBeUndefined();
  });

  it('split lists of CVX codes at semicolons', () => {
    expect([...parseCvxList('01;9; 110 ;')]).toEqual(['01', '09', '110']);
    expect(() => parseCvxList('01,02')).toThrow('as a CVX code');
  });
});
