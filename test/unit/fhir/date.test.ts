import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDate } from '../../../src/fhir/date.ts';

const iso = (milliseconds: number | undefined): string | undefined =>
  milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();

describe('a FHIR date', () => {
  it.each([
    ['2024', '2024-01-01T00:00:00.000Z', '2024-12-31T23:59:59.999Z'],
    ['2023-02', '2023-02-01T00:00:00.000Z', '2023-02-28T23:59:59.999Z'],
    ['2024-02', '2024-02-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z'],
    ['2024-12', '2024-12-01T00:00:00.000Z', '2024-12-31T23:59:59.999Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z', '2024-02-29T23:59:59.999Z'],
    ['2013-01-14T10:00', '2013-01-14T10:00:00.000Z', '2013-01-14T10:00:59.999Z'],
    ['2013-01-14T10:00:05', '2013-01-14T10:00:05.000Z', '2013-01-14T10:00:05.999Z'],
    ['2013-01-14T10:00:05Z', '2013-01-14T10:00:05.000Z', '2013-01-14T10:00:05.999Z'],
    ['2013-01-14T10:00:05.5Z', '2013-01-14T10:00:05.500Z', '2013-01-14T10:00:05.500Z'],
    ['2013-01-14T10:00:05.1239Z', '2013-01-14T10:00:05.123Z', '2013-01-14T10:00:05.123Z'],
    ['2013-01-14T20:00:00-05:00', '2013-01-15T01:00:00.000Z', '2013-01-15T01:00:00.999Z'],
    ['2013-01-14T01:00:00+05:45', '2013-01-13T19:15:00.000Z', '2013-01-13T19:15:00.999Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z', '2017-01-01T00:00:00.999Z'],
    ['0001', '0001-01-01T00:00:00.000Z', '0001-12-31T23:59:59.999Z'],
    ['0099-12-31', '0099-12-31T00:00:00.000Z', '0099-12-31T23:59:59.999Z'],
    ['9999', '9999-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'],
  ])('%s covers %s to %s', (text, lo, hi) => {
    const date = parseDate(text);
    expect([iso(date?.lo), iso(date?.hi)]).toEqual([lo, hi]);
  });

  it('keeps what the wall clock showed beside the instant', () => {
    const date = parseDate('2013-01-14T20:00:00-05:00');
    expect([iso(date?.localLo), iso(date?.localHi)]).toEqual(['2013-01-14T20:00:00.000Z', '2013-01-14T20:00:00.999Z']);
  });

  it.each([
    ['2013-01-14', false],
    ['2013-01-14T10:00:00', false],
    ['2013-01-14T10:00:00Z', true],
    ['2013-01-14T10:00:00+00:00', true],
  ])('%s has a zone: %s', (text, zoned) => {
    expect(parseDate(text)?.zoned).toBe(zoned);
  });

  it.each([
    ...[
      '',
      '24',
      '02024',
      '0000',
      '2024-13',
      '2024-00',
      '2024-1',
      '2024-02-30',
      '2023-02-29',
      '2024-04-31',
      '2024-01-00',
    ],
    ...[
      '2024-01-01T',
      '2024-01-01T10',
      '2024-01-01T24:00',
      '2024-01-01T10:60',
      '2024-01-01T10:00:61Z',
      '2024-01-01 10:00',
    ],
    ...[
      '2024-01-01T10:00:00+15:00',
      '2024-01-01T10:00:00 05:00',
      '2024-01-01Z',
      '2024-01-01T10:00:00.Z',
      'now',
      '2024-01-01\n',
    ],
  ])('%j is none', (text) => {
    expect(parseDate(text)).toBeUndefined();
  });

  it('agrees with the platform about every instant that was formatted', () => {
    const instant = fc.date({
      min: new Date('0001-01-02T00:00:00Z'),
      max: new Date('9999-12-30T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, (date) => {
        const parsed = parseDate(date.toISOString());
        expect([parsed?.lo, parsed?.hi]).toEqual([date.getTime(), date.getTime()]);
      }),
    );
  });

  it('lies inside each less precise way to write it', () => {
    const instant = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, fc.constantFrom(4, 7, 10, 16, 19), (date, length) => {
        const wider = parseDate(date.toISOString().slice(0, length));
        expect(wider?.localLo).toBeLessThanOrEqual(date.getTime());
        expect(wider?.localHi).toBeGreaterThanOrEqual(date.getTime());
      }),
    );
  });
});
