import { describe, expect, it } from 'vitest';
import type { ConditionalSkip, SkipCondition, SkipSet } from '../../../../../src/iis/forecast/supporting-data.ts';
import { bestOf, day, dose, forecastOver, patient, series, span, statusesOf } from '../schedule.ts';

const set = (conditions: readonly SkipCondition[], about: Partial<SkipSet> = {}): SkipSet => ({
  description: 'Not needed.',
  logic: 'and',
  conditions,
  ...about,
});
const skip = (sets: readonly SkipSet[], about: Partial<ConditionalSkip> = {}): ConditionalSkip => ({
  context: 'evaluation',
  logic: 'or',
  sets,
  ...about,
});
const fromAge = (beginAge: string): SkipCondition => ({ type: 'age', beginAge: span(beginAge) });
const counted = (
  than: number,
  about: Partial<Extract<SkipCondition, { type: 'vaccine-count' }>> = {},
): SkipCondition => ({
  type: 'vaccine-count',
  count: { logic: 'greater-than', than, doseType: 'valid' },
  ...about,
});

/** Which target dose each record was held against. */
const targets = (doses: Parameters<typeof series>[0], history: readonly string[]) =>
  bestOf(forecastOver([series(doses)], patient(history))).evaluations.map(({ targetDoseNumber }) => targetDoseNumber);

describe('walking through a series', () => {
  it('calls doses after the last target dose extraneous', () => {
    expect(statusesOf(forecastOver([series([dose()])], patient(['01@2020-02-01', '01@2020-03-01'])))).toEqual([
      'valid',
      'extraneous',
    ]);
  });

  it('lets a skipped target dose use up no record', () => {
    const doses = [dose({ conditionalSkips: [skip([set([fromAge('1 year')])])] }), dose(), dose()];
    expect(targets(doses, ['01@2020-12-31', '01@2021-01-01'])).toEqual([1, 2]);
    expect(targets(doses, ['01@2021-01-01', '01@2021-02-01'])).toEqual([2, 3]);
  });

  it('stays at a recurring dose, also in the middle, until it is skipped', () => {
    const recurring = dose({ isRecurring: true, conditionalSkips: [skip([set([fromAge('2 years')])])] });
    const history = ['01@2020-02-01', '01@2020-03-01', '01@2020-04-01', '01@2022-01-01', '01@2022-02-01'];
    expect(targets([dose(), recurring, dose()], history)).toEqual([1, 2, 2, 3, undefined]);
  });

  it('counts only the doses before the one that is evaluated', () => {
    const doses = [dose(), dose({ conditionalSkips: [skip([set([counted(1)])])] }), dose()];
    expect(targets(doses, ['01@2020-02-01', '01@2020-03-01', '01@2020-04-01'])).toEqual([1, 2, 3]);
    const again = [dose(), dose({ conditionalSkips: [skip([set([counted(0)])])] }), dose()];
    expect(targets(again, ['01@2020-02-01', '01@2020-03-01'])).toEqual([1, 3]);
  });

  it('counts by vaccine, age and date, valid doses or all', () => {
    const reaching = (condition: SkipCondition) =>
      targets(
        [dose(), dose({ conditionalSkips: [skip([set([condition])])] }), dose()],
        ['02@2020-02-01', '01@2020-03-01', '01@2020-04-01'],
      )[2];
    const total = { logic: 'greater-than', than: 1, doseType: 'total' } as const;
    expect(reaching({ type: 'vaccine-count', count: total })).toBe(3);
    expect(reaching(counted(1))).toBe(2);
    expect(reaching({ type: 'vaccine-count', count: { ...total, vaccineTypes: new Set(['01']) } })).toBe(2);
    expect(reaching({ type: 'vaccine-count', count: { ...total, than: 0, vaccineTypes: new Set(['02']) } })).toBe(3);
    expect(reaching(counted(0, { startDate: day('2020-03-01') }))).toBe(3);
    expect(reaching(counted(0, { endDate: day('2020-03-01') }))).toBe(2);
    expect(reaching(counted(0, { beginAge: span('2 months') }))).toBe(3);
    expect(reaching(counted(0, { endAge: span('2 months') }))).toBe(2);
    const equal = { logic: 'equal-to', than: 1, doseType: 'valid' } as const;
    expect(reaching({ type: 'vaccine-count', count: equal })).toBe(3);
    expect(reaching({ type: 'vaccine-count', count: { ...equal, logic: 'less-than', than: 2 } })).toBe(3);
  });

  it('joins conditions and sets as they say, and leaves out sets that are not in force', () => {
    const never: SkipCondition = { type: 'age', endAge: span('0 days') };
    const reached = (sets: readonly SkipSet[], about: Partial<ConditionalSkip> = {}) =>
      targets([dose({ conditionalSkips: [skip(sets, about)] }), dose()], ['01@2020-03-01'])[0];
    const always = fromAge('0 days');
    expect(reached([set([always, never])])).toBe(1);
    expect(reached([set([always, never], { logic: 'or' })])).toBe(2);
    expect(reached([set([never]), set([always])])).toBe(2);
    expect(reached([set([never]), set([always])], { logic: 'and' })).toBe(1);
    expect(reached([set([always]), set([always])], { logic: 'and' })).toBe(2);
    expect(reached([set([always], { cessationDate: day('2020-02-29') })])).toBe(1);
    expect(reached([set([always], { cessationDate: day('2020-02-29') })], { logic: 'and' })).toBe(1);
    expect(reached([set([always])], { context: 'forecast' })).toBe(1);
    expect(reached([set([always])], { context: 'both' })).toBe(2);
  });

  it('measures the interval of a skip from the dose before', () => {
    const doses = [
      dose(),
      dose({ conditionalSkips: [skip([set([{ type: 'interval', interval: span('5 years') }])])] }),
      dose(),
    ];
    expect(targets(doses, ['01@2020-02-01', '01@2025-01-31'])).toEqual([1, 2]);
    expect(targets(doses, ['01@2020-02-01', '01@2025-02-01'])).toEqual([1, 3]);
  });

  it('takes another group for complete only after the dose that completed it', () => {
    const waiting = skip([set([{ type: 'completed-series', seriesGroups: new Set(['1']) }])], { context: 'both' });
    const standard = series([dose(), dose()]);
    const risk = series([dose({ conditionalSkips: [waiting] }), dose({ conditionalSkips: [waiting] }), dose()], {
      name: 'Risk',
      group: '2',
      type: 'risk',
      indications: [{ code: '001', text: '', guidance: '' }],
    });
    const input = patient(['01@2020-02-01', '01@2020-03-01', '01@2020-04-01'], { observations: [{ code: '001' }] });
    const [, walked] = forecastOver([standard, risk], input).antigens[0]?.patientSeries ?? [];
    expect(walked?.evaluations.map(({ targetDoseNumber }) => targetDoseNumber)).toEqual([1, 2, 3]);
  });
});
