import { describe, expect, it } from 'vitest';
import { evaluateAndForecast } from '../../../../src/iis/forecast/evaluate-and-forecast.ts';
import { explain } from '../../../../src/iis/forecast/explain.ts';
import { ages, antigen, day, dose, interval, patient, schedule, series, vaccine } from './schedule.ts';

const skip = {
  context: 'forecast',
  logic: 'or',
  sets: [{ description: 'Not needed from 8 years.', logic: 'and', conditions: [{ type: 'age' }] }],
} as const;

const childhood = series(
  [
    dose({ ages: [ages({ absoluteMinimumAge: '2 months', minimumAge: '3 months' })] }),
    dose({ preferableIntervals: [interval({ absoluteMinimumInterval: '4 weeks' })] }),
    dose({ conditionalSkips: [skip] }),
    dose({
      ages: [ages({ minimumAge: '11 years', latestRecommendedAge: '13 years', maximumAge: '20 years' })],
      preferableVaccines: [vaccine('02', { isForecastVaccineType: true })],
    }),
  ],
  { guidance: ['Give it at school.'] },
);
const other = series([dose({ preferableVaccines: [vaccine('03')] })], { name: 'Other' });

describe('the explanation of a forecast', () => {
  const input = patient(['01@2020-03-15', '01@2020-04-01', '01@2020-05-01']);
  const lines = explain(evaluateAndForecast(input, schedule([antigen([childhood, other])])));

  it('tells what each dose counted for, what was skipped, what is due and why, and what it was compared with', () => {
    expect(lines).toEqual([
      'Schedule test; born 2020-01-01, assessed on 2030-01-01.',
      'Antigen A: Series A (the only series that can be compared).',
      '  Compared with Other: not complete, 0 valid doses.',
      '  CVX 01 on 2020-03-15 is valid for dose 1: within the grace period (limit 2020-04-01) [6.4].',
      '  CVX 01 on 2020-04-01 is not valid for dose 2: too soon (limit 2020-04-12, counted from 2020-03-15) [6.5].',
      '  CVX 01 on 2020-05-01 is valid for dose 2.',
      '  Dose 3 is skipped: Not needed from 8 years.',
      '  The series is not complete: a dose is due: number 3, target dose 4, from 2031-01-01, recommended 2031-01-01, ' +
        'past due 2032-12-31, latest 2039-12-31.',
      'Group A, standard series: not complete, dose 3, from 2031-01-01, recommended 2031-01-01, past due 2032-12-31, ' +
        'latest 2039-12-31.',
      '  Recommended: Vaccine 02 (CVX 02).',
      '  Give it at school.',
    ]);
  });

  it('says why nothing is due', () => {
    const late = { ...input, assessmentDate: day('2045-01-01') };
    const [last] = explain(evaluateAndForecast(late, schedule([antigen([childhood])]))).filter((line) =>
      line.includes('aged'),
    );
    expect(last).toBe('  The series is aged out: the maximum age is exceeded (maximum age on 2040-01-01).');
  });
});
