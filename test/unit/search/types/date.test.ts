import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finds, type TestResource } from '../search.ts';

const given = (occurrenceDateTime: string): TestResource => ({ resourceType: 'Immunization', occurrenceDateTime });
const born = (birthDate: string): TestResource => ({ resourceType: 'Patient', birthDate });
const measured = (effectivePeriod: object): TestResource => ({ resourceType: 'Observation', effectivePeriod });
const from = (start: string) => measured({ start });
const until = (end: string) => measured({ end });

describe("R4's own examples of date searches", () => {
  it.each([
    ['eq2013-01-14', given('2013-01-14T00:00:00Z'), true],
    ['eq2013-01-14', given('2013-01-14T10:00:00Z'), true],
    ['eq2013-01-14', given('2013-01-15T00:00:00Z'), false],
    ['ne2013-01-14', given('2013-01-15T00:00:00Z'), true],
    ['ne2013-01-14', given('2013-01-14T00:00:00Z'), false],
    ['ne2013-01-14', given('2013-01-14T10:00:00Z'), false],
    ['lt2013-01-14T10:00', given('2013-01-14'), true],
    ['gt2013-01-14T10:00', given('2013-01-14'), true],
    ['ge2013-03-14', from('2013-01-21'), true],
    ['le2013-03-14', from('2013-01-21'), true],
    ['sa2013-03-14', from('2013-03-15'), true],
    ['sa2013-03-14', from('2013-01-21'), false],
    ['sa2013-03-14', until('2013-01-21'), false],
    ['eb2013-03-14', from('2013-03-15'), false],
    ['eb2013-03-14', from('2013-01-21'), false],
    ['eb2013-03-14', until('2013-01-21'), true],
    ['ap2013-03-14', given('2013-03-14'), true],
    ['ap2013-03-14', given('2015-06-15'), false],
  ])('date=%s on %j: %s', (value, resource, found) => {
    expect(finds(resource, { date: value })).toBe(found);
  });
});

describe('a prefix between a searched month and a stored interval', () => {
  const stored: Readonly<Record<string, TestResource>> = {
    before: measured({ start: '2024-01-01', end: '2024-02-29' }),
    'over its start': measured({ start: '2024-02-15', end: '2024-03-15' }),
    inside: measured({ start: '2024-03-10', end: '2024-03-20' }),
    'the same': measured({ start: '2024-03', end: '2024-03' }),
    around: measured({ start: '2024-02-15', end: '2024-04-15' }),
    'over its end': measured({ start: '2024-03-15', end: '2024-04-15' }),
    after: measured({ start: '2024-04-01', end: '2024-04-30' }),
  };

  it.each([
    ['eq', ['inside', 'the same']],
    ['ne', ['before', 'over its start', 'around', 'over its end', 'after']],
    ['gt', ['around', 'over its end', 'after']],
    ['lt', ['before', 'over its start', 'around']],
    ['ge', ['inside', 'the same', 'around', 'over its end', 'after']],
    ['le', ['before', 'over its start', 'inside', 'the same', 'around']],
    ['sa', ['after']],
    ['eb', ['before']],
  ])('%s finds the interval %j', (prefix, names) => {
    const found = Object.keys(stored).filter((name) =>
      finds(stored[name] as TestResource, { date: `${prefix}2024-03` }),
    );
    expect(found).toEqual(names);
  });
});

describe('dates and time zones', () => {
  it('never moves a day that has no zone', () => {
    for (const value of ['2024-02-29', 'ge2024-02-29', 'le2024-02-29', '2024-02', '2024']) {
      expect(finds(born('2024-02-29'), { birthdate: value })).toBe(true);
    }
    for (const value of ['2024-02-28', '2024-03-01', 'gt2024-02-29', 'lt2024-02-29', 'ne2024-02-29']) {
      expect(finds(born('2024-02-29'), { birthdate: value })).toBe(false);
    }
  });

  it('finds an evening dose on the day of the clinic, not the day in Greenwich', () => {
    const evening = given('2024-10-12T20:30:00-05:00');
    expect(finds(evening, { date: '2024-10-12' })).toBe(true);
    expect(finds(evening, { date: '2024-10-13' })).toBe(false);
    expect(finds(evening, { date: ['ge2024-10-12', 'lt2024-10-13'] })).toBe(true);
  });

  it('compares instants where both sides name a zone', () => {
    const evening = given('2024-10-12T20:30:00-05:00');
    expect(finds(evening, { date: '2024-10-13T01:30:00Z' })).toBe(true);
    expect(finds(evening, { date: 'gt2024-10-13T00:00:00Z' })).toBe(true);
    expect(finds(evening, { date: 'lt2024-10-13T03:30:00+02:00' })).toBe(false);
  });

  it('compares the calendar where only the search names a zone', () => {
    expect(finds(given('2024-10-12'), { date: 'lt2024-10-12T00:30:00+14:00' })).toBe(true);
    expect(finds(given('2024-10-12'), { date: 'eb2024-10-12T00:30:00+14:00' })).toBe(false);
    expect(finds(born('2024-10-12'), { birthdate: 'sa2024-10-11T23:59:59-05:00' })).toBe(true);
  });

  it('takes a search time without a zone for the clock of whoever recorded it', () => {
    expect(finds(given('2024-10-12T20:30:00-05:00'), { date: '2024-10-12T20:30' })).toBe(true);
    expect(finds(given('2024-10-12T20:30:00-05:00'), { date: 'gt2024-10-12T20:30' })).toBe(false);
  });
});

describe('an approximate date', () => {
  it.each([
    ['2024-05-22', true],
    ['2024-05-21', true],
    ['2024-05-19', false],
    ['2024-05-24', false],
  ])('is within a tenth of the distance to now, 2024-06-01: %s for ap2024-05-22 is %s', (date, found) => {
    expect(finds(given(date), { date: 'ap2024-05-22' })).toBe(found);
  });

  it('is the date itself when that is today', () => {
    expect(finds(given('2024-06-01'), { date: 'ap2024-06-01' })).toBe(true);
    expect(finds(given('2024-06-02'), { date: 'ap2024-06-01' })).toBe(false);
  });
});

describe('what a date parameter finds', () => {
  it.each([
    ['an instant as a point', { effectiveInstant: '2024-03-01T10:00:00Z' }, '2024-03-01T10:00:00Z', true],
    [
      'an instant is not after its own second',
      { effectiveInstant: '2024-03-01T10:00:00Z' },
      'gt2024-03-01T10:00:00Z',
      false,
    ],
    ['a Timing by its outer limits', { effectiveTiming: { event: ['2013-01-31', '2013-03-24'] } }, '2013-02-01', false],
    [
      'a Timing by its outer limits',
      { effectiveTiming: { event: ['2013-01-31', '2013-03-24'] } },
      'ap2013-02-01',
      true,
    ],
    [
      'a Timing by the Period around it',
      { effectiveTiming: { event: ['2013-02'], repeat: { boundsPeriod: { start: '2013-01', end: '2013-03' } } } },
      'sa2012-12',
      true,
    ],
    ['a Timing without dates', { effectiveTiming: { repeat: { count: 3 } } }, 'ge0001', false],
    ['a Period that ends before it starts', { effectivePeriod: { start: '2024', end: '2023' } }, 'ge0001', false],
    ['a Period without ends', { effectivePeriod: { id: 'x' } }, 'ge0001', false],
    ['the first year', { effectiveDateTime: '0001' }, 'le0001-12-31', true],
    ['the last year', { effectiveDateTime: '9999' }, 'ge9999-01-01', true],
    ['an open Period after the last year', { effectivePeriod: { start: '2024' } }, 'gt9999', true],
    ['an open Period before the first year', { effectivePeriod: { end: '2024' } }, 'lt0001', true],
  ])('%s: %j for %s is %s', (_, content, value, found) => {
    expect(finds({ resourceType: 'Observation', ...content }, { date: value })).toBe(found);
  });

  it('is found when any of several dates matches', () => {
    const resource = { resourceType: 'Immunization', reaction: [{ date: '2020' }, { date: '2022' }] };
    expect(finds(resource, { 'reaction-date': '2022' })).toBe(true);
    expect(finds(resource, { 'reaction-date': '2021' })).toBe(false);
    expect(finds(resource, { 'reaction-date': ['2020', '2022'] })).toBe(true);
  });
});

describe('laws of the prefixes', () => {
  const dates = fc.constantFrom(
    ...[
      '2023',
      '2024',
      '2024-02',
      '2024-02-29',
      '2024-02-29T23:30:00-05:00',
      '2024-03-01T04:30:00Z',
      '2024-03-01',
      '2025',
    ],
  );
  const law = (holds: (is: (prefix: string) => boolean) => boolean) =>
    fc.assert(
      fc.property(dates, dates, (stored, searched) =>
        holds((prefix) => finds(given(stored), { date: prefix + searched })),
      ),
    );

  it('ne is what eq is not', () => law((is) => is('ne') !== is('eq')));
  it('ge is gt or eq', () => law((is) => is('ge') === (is('gt') || is('eq'))));
  it('le is lt or eq', () => law((is) => is('le') === (is('lt') || is('eq'))));
  it('sa is gt and not ap at no distance', () => law((is) => !is('sa') || (is('gt') && !is('eq') && !is('lt'))));
  it('eb is lt and nothing of gt', () => law((is) => !is('eb') || (is('lt') && !is('eq') && !is('gt'))));
  it('ap holds wherever eq does', () => law((is) => !is('eq') || is('ap')));
});
