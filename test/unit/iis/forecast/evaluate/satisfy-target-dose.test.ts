import { describe, expect, it } from 'vitest';
import { evaluateAndForecast } from '../../../../../src/iis/forecast/evaluate-and-forecast.ts';
import {
  ages,
  antigen,
  bestOf,
  day,
  dose,
  forecastOver,
  given,
  interval,
  patient,
  reasonsOf,
  schedule,
  series,
  statusesOf,
  vaccine,
} from '../schedule.ts';

/** The verdicts on these doses in a series. */
const verdicts = (doses: Parameters<typeof series>[0], history: Parameters<typeof patient>[0]) => {
  const forecast = forecastOver([series(doses)], patient(history));
  return statusesOf(forecast).map((status, index) => [status, ...(reasonsOf(forecast)[index] ?? [])].join(' '));
};

describe('the age at which a dose is given', () => {
  const aged = [
    dose({
      ages: [ages({ absoluteMinimumAge: '12 months - 4 days', minimumAge: '12 months', maximumAge: '5 years' })],
    }),
  ];

  it.each([
    ['2020-12-27', 'not-valid too-young'],
    ['2020-12-28', 'valid grace-period'],
    ['2020-12-31', 'valid grace-period'],
    ['2021-01-01', 'valid'],
    ['2024-12-31', 'valid'],
    ['2025-01-01', 'extraneous too-old'],
  ])('on %s makes it %s', (date, verdict) => {
    expect(verdicts(aged, [`01@${date}`])).toEqual([verdict]);
  });

  it('is judged by the row that was in force when the dose was given', () => {
    const changed = dose({
      ages: [
        ages({ absoluteMinimumAge: '12 months', cessationDate: '2020-06-30' }),
        ages({ absoluteMinimumAge: '2 months', effectiveDate: '2020-07-01' }),
      ],
    });
    expect(verdicts([changed], ['01@2020-06-30', '01@2020-07-01'])).toEqual(['not-valid too-young', 'valid']);
  });
});

describe('the interval of a dose', () => {
  const four = interval({ absoluteMinimumInterval: '4 weeks - 4 days', minimumInterval: '4 weeks' });

  it.each([
    ['2020-01-24', 'not-valid too-soon'],
    ['2020-01-25', 'valid grace-period'],
    ['2020-01-29', 'valid'],
  ])('to one of 1 January makes a dose of %s %s', (date, verdict) => {
    expect(verdicts([dose(), dose({ preferableIntervals: [four] })], ['01@2020-01-01', `01@${date}`])[1]).toBe(verdict);
  });

  it('is counted from the previous dose even where that was not valid', () => {
    const doses = [dose(), dose({ preferableIntervals: [four] })];
    expect(verdicts(doses, ['01@2020-02-01', '01@2020-02-10', '01@2020-03-01'])).toEqual([
      'valid',
      'not-valid too-soon',
      'not-valid too-soon',
    ]);
  });

  it('is not counted from an inadvertent dose', () => {
    const doses = [dose(), dose({ preferableIntervals: [four], inadvertentVaccines: new Set(['02']) })];
    expect(verdicts(doses, ['01@2020-02-01', '02@2020-02-20', '01@2020-03-01'])).toEqual([
      'valid',
      'not-valid inadvertent-vaccine',
      'valid',
    ]);
  });

  it('must hold for all preferable intervals', () => {
    const fromFirst = interval(
      { absoluteMinimumInterval: '16 weeks' },
      { reference: { from: 'target-dose', doseNumber: 1 } },
    );
    const doses = [dose(), dose(), dose({ preferableIntervals: [four, fromFirst] })];
    const history = ['01@2020-01-01', '01@2020-03-01'];
    expect(verdicts(doses, [...history, '01@2020-04-01'])[2]).toBe('not-valid too-soon');
    expect(verdicts(doses, [...history, '01@2020-04-22'])[2]).toBe('valid');
  });

  it('can be counted from the most recent dose of certain vaccines', () => {
    const reference = { from: 'most-recent', vaccineTypes: new Set(['02']) } as const;
    const second = dose({ preferableIntervals: [interval({ absoluteMinimumInterval: '1 year' }, { reference })] });
    const first = dose({ allowableVaccines: [vaccine('02')] });
    expect(verdicts([first, second], ['01@2020-02-01', '01@2020-02-02'])).toEqual(['valid', 'valid']);
    expect(verdicts([first, second], ['02@2020-02-01', '01@2020-02-02'])).toEqual(['valid', 'not-valid too-soon']);
  });

  it('can be counted from an observation, and is not checked where it has no date', () => {
    const reference = { from: 'observation', code: '170' } as const;
    const list = [
      series([dose({ preferableIntervals: [interval({ absoluteMinimumInterval: '27 weeks' }, { reference })] })]),
    ];
    const at = (date?: string) =>
      statusesOf(
        forecastOver(
          list,
          patient(['01@2022-06-01'], { observations: [{ code: '170', ...(date ? { date: day(date) } : {}) }] }),
        ),
      );
    expect(at('2022-03-01')).toEqual(['not-valid']);
    expect(at('2021-03-01')).toEqual(['valid']);
    expect(at()).toEqual(['valid']);
  });

  it('may fall short of the preferable one where an allowable one is kept', () => {
    const allowable = {
      reference: { from: 'previous-dose' },
      absoluteMinimumInterval: { years: 0, months: 0, days: 14 },
    } as const;
    const doses = [dose(), dose({ preferableIntervals: [four], allowableIntervals: [allowable] })];
    expect(verdicts(doses, ['01@2020-01-01', '01@2020-01-15'])[1]).toBe('valid');
    expect(verdicts(doses, ['01@2020-01-01', '01@2020-01-14'])[1]).toBe('not-valid too-soon');
  });

  it('counts only while its row is in force', () => {
    const ceased = interval({ absoluteMinimumInterval: '1 year' }, { cessationDate: day('2020-01-31') });
    const doses = [dose(), dose({ preferableIntervals: [ceased] })];
    expect(verdicts(doses, ['01@2020-01-01', '01@2020-01-31'])[1]).toBe('not-valid too-soon');
    expect(verdicts(doses, ['01@2020-01-01', '01@2020-02-01'])[1]).toBe('valid');
  });
});

describe('the vaccine of a dose', () => {
  it('counts where it is preferable or allowable at that age', () => {
    const doses = [
      dose({
        preferableVaccines: [vaccine('01', { endAge: { years: 1, months: 0, days: 0 } })],
        allowableVaccines: [vaccine('02', { beginAge: { years: 2, months: 0, days: 0 } })],
      }),
    ];
    expect(verdicts(doses, ['01@2020-12-31'])).toEqual(['valid']);
    expect(verdicts(doses, ['01@2021-01-01'])).toEqual(['not-valid not-preferable-or-allowable']);
    expect(verdicts(doses, ['02@2021-12-31'])).toEqual(['not-valid not-preferable-or-allowable']);
    expect(verdicts(doses, ['02@2022-01-01'])).toEqual(['valid']);
  });

  it('must be the named product, which the manufacturer tells where the record has no trade name', () => {
    const doses = [dose({ preferableVaccines: [vaccine('01', { tradeName: 'ADULT', mvx: 'SKB' })] })];
    const verdict = (about: { readonly tradeName?: string; readonly mvx?: string }) =>
      verdicts(doses, [given('01@2020-02-01', about)])[0];
    expect(verdict({ tradeName: 'Adult' })).toBe('valid');
    expect(verdict({ tradeName: 'Child', mvx: 'SKB' })).toBe('not-valid not-preferable-or-allowable');
    expect(verdict({ mvx: 'SKB' })).toBe('valid');
    expect(verdict({ mvx: 'MSD' })).toBe('not-valid not-preferable-or-allowable');
    expect(verdict({})).toBe('not-valid not-preferable-or-allowable');
  });

  it('is valid with a remark where less was given than recommended', () => {
    const doses = [dose({ preferableVaccines: [vaccine('01', { volume: 0.5 })] })];
    expect(verdicts(doses, [given('01@2020-02-01', { volume: 0.25 })])).toEqual(['valid less-than-recommended-volume']);
    expect(verdicts(doses, [given('01@2020-02-01', { volume: 0.5 })])).toEqual(['valid']);
  });

  it('gives all reasons that hold, in the order of the components', () => {
    const strict = dose({
      ages: [ages({ absoluteMinimumAge: '1 year' })],
      preferableIntervals: [interval({ absoluteMinimumInterval: '4 weeks' })],
    });
    expect(verdicts([dose(), strict], ['01@2020-02-01', '03@2020-02-02'])[1]).toBe(
      'not-valid too-young too-soon not-preferable-or-allowable',
    );
  });
});

describe('a dose that can not be evaluated', () => {
  it('is sub-standard, and leaves its target dose to the next', () => {
    const history = [
      given('01@2020-02-01', { lotExpirationDate: day('2020-01-31') }),
      given('01@2020-03-01', { condition: 'recalled' }),
      given('01@2020-04-30', { lotExpirationDate: { year: 2020, month: 4 } }),
    ];
    const forecast = forecastOver([series([dose()])], patient(history));
    expect(statusesOf(forecast)).toEqual(['sub-standard', 'sub-standard', 'valid']);
    expect(reasonsOf(forecast)).toEqual([['past-lot-expiration'], ['dose-condition'], []]);
    expect(bestOf(forecast).forecast.status).toBe('complete');
  });
});

describe('a conflict between vaccines', () => {
  it('is not there on one day, and lasts until the end interval', () => {
    const days = (count: number) => ({ years: 0, months: 0, days: count });
    const conflict = { beginInterval: days(1), minimumEndInterval: days(24), endInterval: days(28) };
    const parts = { conflicts: [['02', '01', conflict] as const] };
    const strict = dose({ allowableVaccines: [vaccine('02', { beginAge: { years: 0, months: 1, days: 0 } })] });
    const run = (...history: readonly string[]) =>
      reasonsOf(
        evaluateAndForecast(
          patient(history),
          schedule([antigen([series([strict, dose({ allowableVaccines: [vaccine('02')] })])])], parts),
        ),
      ).map((r) => r[0]);
    expect(run('02@2020-02-01', '01@2020-02-01')).toEqual([undefined, undefined]);
    expect(run('02@2020-02-01', '01@2020-02-24')).toEqual([undefined, 'vaccine-conflict']);
    expect(run('02@2020-02-01', '01@2020-02-25')).toEqual([undefined, undefined]);
    // After a dose that isn't valid, the whole interval counts.
    expect(run('02@2020-01-10', '01@2020-02-06')).toEqual(['not-preferable-or-allowable', 'vaccine-conflict']);
    expect(run('02@2020-01-10', '01@2020-02-07')).toEqual(['not-preferable-or-allowable', undefined]);
  });
});
