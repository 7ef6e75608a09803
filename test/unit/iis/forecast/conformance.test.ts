import { describe, expect, it } from 'vitest';
import { compareForecast } from '../../../../src/iis/forecast/conformance/compare.ts';
import { type TestCase, toForecastInput } from '../../../../src/iis/forecast/conformance/test-case.ts';
import { evaluateAndForecast } from '../../../../src/iis/forecast/evaluate-and-forecast.ts';
import { ages, antigen, dose, interval, schedule, series } from './schedule.ts';

const standard = series([
  dose({ ages: [ages({ absoluteMinimumAge: '2 months', minimumAge: '2 months' })] }),
  dose({ preferableIntervals: [interval({ absoluteMinimumInterval: '4 weeks', minimumInterval: '4 weeks' })] }),
]);
const adult = series([dose({ ages: [ages({ absoluteMinimumAge: '50 years', minimumAge: '50 years' })] })], {
  name: 'Adult',
  group: '3',
  isDefault: true,
});
const risk = series([dose({ ages: [ages({ absoluteMinimumAge: '18 years', minimumAge: '18 years' })] })], {
  name: 'Risk',
  type: 'risk',
  group: '2',
  indications: [{ code: '001', text: '', guidance: '' }],
});
const supporting = schedule([antigen([standard, adult, risk])]);

const testDose = (number: number, dateAdministered: string | null, about: Partial<TestCase['doses'][number]> = {}) => ({
  number,
  dateAdministered,
  cvx: dateAdministered === null ? null : '01',
  evaluationStatus: 'Valid',
  evaluationReason: null,
  ...about,
});

const testCase = (about: Partial<TestCase>): TestCase => ({
  id: 'case',
  name: 'A case',
  dob: '2020-01-01',
  gender: 'F',
  seriesStatus: 'Complete',
  doses: [],
  earliestDate: null,
  recommendedDate: null,
  pastDueDate: null,
  assessmentDate: '2021-01-01',
  normalized: { vaccineGroup: 'Group A', seriesStatus: 'Complete', forecastDoseNumber: null },
  ...about,
});

const differences = (about: Partial<TestCase>) => {
  const entry = testCase(about);
  return compareForecast(entry, evaluateAndForecast(toForecastInput(entry), supporting));
};
const due = { vaccineGroup: 'Group A', seriesStatus: 'Not Complete', forecastDoseNumber: 1 };

describe('comparing a forecast with a case', () => {
  it('finds nothing where all fields agree', () => {
    expect(differences({ doses: [testDose(1, '2020-03-01'), testDose(2, '2020-04-01'), testDose(3, null)] })).toEqual(
      [],
    );
  });

  it('names every field that differs, with both values', () => {
    expect(differences({ normalized: { ...due, forecastDoseNumber: 2 }, pastDueDate: '2020-04-01' })).toEqual([
      { field: 'forecast number', expected: 2, actual: 1 },
      { field: 'earliest date', expected: null, actual: '2020-03-01' },
      { field: 'recommended date', expected: null, actual: '2020-03-01' },
      { field: 'past due date', expected: '2020-04-01', actual: null },
    ]);
  });

  it('accepts any reason that holds, and no other', () => {
    const early = (evaluationReason: string) =>
      differences({
        doses: [testDose(1, '2020-02-01', { evaluationStatus: 'Not Valid', evaluationReason })],
        normalized: due,
        earliestDate: '2020-03-01',
        recommendedDate: '2020-03-01',
      });
    expect(early('Age:  Too Young')).toEqual([]);
    expect(early('Interval too soon')).toEqual([
      { field: 'dose 1 reason', expected: 'interval: too soon', actual: 'age: too young' },
    ]);
  });

  it('speaks of the group that the doses count in, not of one that begins decades later', () => {
    expect(differences({ doses: [testDose(1, '2020-03-01')], normalized: { ...due, forecastDoseNumber: 2 } })).toEqual([
      { field: 'earliest date', expected: null, actual: '2020-03-29' },
      { field: 'recommended date', expected: null, actual: '2020-03-29' },
    ]);
  });

  it('speaks of the risk where there is one, and judges each dose by its type of series', () => {
    const about = {
      observations: [{ code: '001', date: null }],
      doses: [
        testDose(1, '2020-03-01', { seriesType: 'standard' }),
        testDose(2, '2020-04-01', { seriesType: 'standard' }),
      ],
      normalized: { ...due, forecastDoseNumber: 3 },
      earliestDate: '2038-01-01',
      recommendedDate: '2038-01-01',
    };
    expect(differences(about)).toEqual([]);
  });

  it('says that there is no forecast where the vaccine group has none', () => {
    const entry = differences({ normalized: { ...due, vaccineGroup: 'Unknown' } });
    expect(entry.map(({ field, actual }) => [field, actual])).toEqual([
      ['series status', null],
      ['forecast number', null],
    ]);
  });
});
