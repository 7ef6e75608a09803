import { describe, expect, it } from 'vitest';
import { evaluateAndForecast } from '../../../../src/iis/forecast/evaluate-and-forecast.ts';
import { explain } from '../../../../src/iis/forecast/explain.ts';
import { organizeHistory } from '../../../../src/iis/forecast/organize-history.ts';
import { ANTIGEN, antigen, day, dose, given, patient, schedule, series, span } from './schedule.ts';

const parts = {
  vaccines: [
    { cvx: '94', name: 'Both', associations: [{ antigen: ANTIGEN }, { antigen: 'Antigen B' }] },
    {
      cvx: '121',
      name: 'By age',
      associations: [
        { antigen: ANTIGEN, endAge: span('50 years') },
        { antigen: 'Antigen B', beginAge: span('50 years'), endAge: span('60 years') },
      ],
    },
  ],
};
const supporting = schedule([antigen([series([dose(), dose()])])], parts);

describe('organizing a history', () => {
  it('makes a record for each antigen of a vaccine, by date', () => {
    const { records } = organizeHistory(patient(['94@2020-05-01', '1@2020-03-01']), supporting);
    expect([...records].map(([name, doses]) => [name, doses.map(({ cvx }) => cvx)])).toEqual([
      [ANTIGEN, ['01', '94']],
      ['Antigen B', ['94']],
    ]);
  });

  it('takes the antigen of a vaccine by the age at which it was given', () => {
    const at = (date: string) => {
      const input = patient([`121@${date}`], { assessmentDate: day('2090-01-01') });
      const { doses, notEvaluated } = organizeHistory(input, supporting);
      return doses[0]?.antigens ?? notEvaluated[0]?.reason;
    };
    expect(at('2069-12-31')).toEqual([ANTIGEN]);
    expect(at('2070-01-01')).toEqual(['Antigen B']);
    expect(at('2080-01-01')).toBe('no-antigen-at-this-age');
  });

  it('reports every dose that it can not place, with the reason', () => {
    const input = patient([
      '01@2020-03-01',
      '999@2020-03-01',
      given('01@2020-03-01', { cvx: 'PCV' }),
      '01@2019-12-31',
      '01@2030-01-02',
      given('01@2020-03-01', { dateAdministered: { year: 2020, month: 4 } }),
      given('01@2020-03-01', { dateAdministered: { year: 2021 } }),
    ]);
    const { doses, notEvaluated } = organizeHistory(input, supporting);
    expect(doses).toHaveLength(1);
    expect(notEvaluated.map(({ reason }) => reason)).toEqual([
      'before-birth',
      'after-assessment-date',
      'date-not-known-to-the-day',
      'date-not-known-to-the-day',
      'vaccine-unknown',
      'vaccine-unknown',
    ]);
    expect(explain(evaluateAndForecast(input, supporting)).slice(1, 7)).toEqual([
      'CVX 01 on 2019-12-31 is not evaluated: it is dated before birth.',
      'CVX 01 on 2030-01-02 is not evaluated: it is dated after the assessment date.',
      'CVX 01 on 2020-04 is not evaluated: its date is not known to the day.',
      'CVX 01 on 2021 is not evaluated: its date is not known to the day.',
      'CVX 999 on 2020-03-01 is not evaluated: the schedule knows no such vaccine.',
      'CVX PCV on 2020-03-01 is not evaluated: the schedule knows no such vaccine.',
    ]);
  });

  it('takes doses on the day of birth and on the assessment date', () => {
    expect(organizeHistory(patient(['01@2020-01-01', '01@2030-01-01']), supporting).doses).toHaveLength(2);
  });

  it('keeps the most recent date of an observation, in whatever order they come', () => {
    const observations = [
      { code: '170', date: day('2021-01-01') },
      { code: '170' },
      { code: '170', date: day('2023-01-01') },
    ];
    for (const list of [observations, observations.toReversed()]) {
      const organized = organizeHistory(patient([], { observations: list }), supporting);
      expect(organized.observations.get('170')).toBe(day('2023-01-01'));
    }
  });
});
