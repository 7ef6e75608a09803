import { describe, expect, it } from 'vitest';
import { evaluateAndForecast } from '../../../../../src/iis/forecast/evaluate-and-forecast.ts';
import { administrativeGuidance } from '../../../../../src/iis/forecast/vaccine-group/guidance.ts';
import {
  ages,
  antigen,
  bestOf,
  datesOf,
  day,
  dose,
  forecastOver,
  interval,
  patient,
  schedule,
  series,
  span,
  vaccine,
} from '../schedule.ts';

const child = ages({
  minimumAge: '2 months',
  earliestRecommendedAge: '3 months',
  latestRecommendedAge: '4 months',
  maximumAge: '5 years',
});
const statusOf = (...args: Parameters<typeof forecastOver>) => {
  const { status, reason } = bestOf(forecastOver(...args)).forecast;
  return [status, reason];
};
const observed = (...codes: readonly string[]) => patient([], { observations: codes.map((code) => ({ code })) });

describe('the dates of the next dose', () => {
  it('come from the ages', () => {
    const forecast = forecastOver(
      [series([dose({ ages: [child] })])],
      patient([], { assessmentDate: day('2020-01-02') }),
    );
    expect(datesOf(forecast)).toEqual(['2020-03-01', '2020-04-01', '2020-04-30', '2024-12-31']);
  });

  it('come from the intervals where there are no ages, and are never before the earliest', () => {
    const spaced = interval({
      minimumInterval: '4 weeks',
      earliestRecommendedInterval: '8 weeks',
      latestRecommendedInterval: '13 weeks',
    });
    const list = [series([dose(), dose({ preferableIntervals: [spaced] })])];
    expect(datesOf(forecastOver(list, patient(['01@2020-02-01'])))).toEqual([
      '2020-02-29',
      '2020-03-28',
      '2020-05-01',
      undefined,
    ]);
    const late = [
      series([dose(), dose({ ages: [child], preferableIntervals: [interval({ minimumInterval: '6 months' })] })]),
    ];
    const assessed = { assessmentDate: day('2021-01-01') };
    expect(datesOf(forecastOver(late, patient(['01@2020-02-01'], assessed)))).toEqual([
      '2020-08-01',
      '2020-08-01',
      '2020-08-01',
      '2024-12-31',
    ]);
  });

  it('are not before the last dose, the season, or the end of a conflict', () => {
    const list = [series([dose(), dose()])];
    expect(datesOf(forecastOver(list, patient(['01@2020-02-01', '04@2021-02-01'])))[0]).toBe('2021-02-01');
    const season = { startDate: day('2029-07-01'), endDate: day('2030-06-30') };
    expect(datesOf(forecastOver([series([dose({ season })])], patient([])))[0]).toBe('2029-07-01');
    const days = (count: number) => ({ years: 0, months: 0, days: count });
    const conflict = { beginInterval: days(1), minimumEndInterval: days(24), endInterval: days(28) };
    const supporting = schedule([antigen(list)], { conflicts: [['01', '01', conflict]] });
    expect(datesOf(evaluateAndForecast(patient(['01@2020-02-01']), supporting))[0]).toBe('2020-02-29');
  });

  it('hold for the target dose that will be due when the patient comes', () => {
    const skip = {
      context: 'forecast',
      logic: 'or',
      sets: [{ description: 'From one year.', logic: 'and', conditions: [{ type: 'age', beginAge: span('1 year') }] }],
    } as const;
    const four = interval({ minimumInterval: '4 weeks' });
    const list = [
      series([
        dose(),
        dose({ preferableIntervals: [four], conditionalSkips: [skip] }),
        dose({ preferableIntervals: [interval({ minimumInterval: '8 weeks' })] }),
      ]),
    ];
    const forecast = forecastOver(list, patient(['01@2020-12-10'], { assessmentDate: day('2020-12-10') }));
    expect(bestOf(forecast).forecast.targetDose?.number).toBe(3);
    expect(datesOf(forecast)[0]).toBe('2021-02-04');
    expect(bestOf(forecast).targetDoses.map(({ status }) => status)).toEqual(['satisfied', 'skipped']);
  });

  it('number the dose after those that count in this season', () => {
    const season = { startDate: day('2029-07-01') };
    const list = [series([dose({ season }), dose({ season, isRecurring: true })])];
    expect(forecastOver(list, patient(['01@2027-08-01', '01@2028-08-01'])).vaccineGroups[0]?.doseNumber).toBe(1);
    expect(forecastOver(list, patient(['01@2028-08-01', '01@2029-08-01'])).vaccineGroups[0]?.doseNumber).toBe(2);
  });
});

describe('the need for another dose', () => {
  it('is none where the series is complete, aged out, or can not be finished in time', () => {
    const list = [series([dose({ ages: [child] })])];
    expect(statusOf(list, patient(['01@2020-03-01']))).toEqual(['complete', 'series-complete']);
    expect(statusOf(list, patient([]))).toEqual(['aged-out', 'past-maximum-age']);
    const second = dose({ ages: [child], preferableIntervals: [interval({ minimumInterval: '5 years' })] });
    const input = patient(['01@2020-03-01'], { assessmentDate: day('2020-04-01') });
    expect(statusOf([series([dose(), second])], input)).toEqual(['aged-out', 'unable-to-finish-before-maximum-age']);
  });

  it('is none after the season, and where every dose is skipped', () => {
    const season = { startDate: day('2028-07-01'), endDate: day('2029-06-30') };
    expect(statusOf([series([dose({ season })])], patient([]))).toEqual(['not-recommended', 'past-season']);
    const always = {
      context: 'both',
      logic: 'or',
      sets: [{ description: 'Never.', logic: 'and', conditions: [] }],
    } as const;
    expect(statusOf([series([dose({ conditionalSkips: [always] })])], patient([]))).toEqual([
      'not-recommended',
      'not-recommended-due-to-history',
    ]);
  });

  it('is none with evidence of immunity, by observation or by birth date', () => {
    const list = [series([dose()])];
    const about = {
      immunityCodes: new Set(['100']),
      birthDateImmunity: [{ bornBefore: day('2020-01-02'), birthCountry: 'U.S.', exclusions: new Set(['055']) }],
    };
    const immune = ['immune', 'evidence-of-immunity'];
    expect(statusOf(list, observed('100'), about)).toEqual(immune);
    expect(statusOf(list, observed(), about)).toEqual(['not-complete', 'dose-due']);
    expect(statusOf(list, { ...observed(), birthCountry: 'U.S.' }, about)).toEqual(immune);
    expect(statusOf(list, { ...observed('055'), birthCountry: 'U.S.' }, about)).toEqual(['not-complete', 'dose-due']);
    const later = { ...observed(), birthCountry: 'U.S.', birthDate: day('2020-01-02') };
    expect(statusOf(list, later, about)).toEqual(['not-complete', 'dose-due']);
  });

  it('is none where the antigen is contraindicated at this age', () => {
    const list = [series([dose()])];
    const about = { contraindications: [{ code: '080', text: 'No.', guidance: '', endAge: span('11 years') }] };
    expect(statusOf(list, observed('080'), about)).toEqual(['contraindicated', 'contraindication']);
    const older = { ...observed('080'), assessmentDate: day('2031-01-01') };
    expect(statusOf(list, older, about)).toEqual(['not-complete', 'dose-due']);
  });

  it('is none only where every preferable vaccine of the series is contraindicated', () => {
    const contraindicated = (...cvx: readonly string[]) => ({
      vaccineContraindications: [
        { code: '007', text: 'No.', guidance: 'Ask.', vaccines: cvx.map((code) => vaccine(code)) },
      ],
    });
    const named = { isForecastVaccineType: true };
    const list = [series([dose({ preferableVaccines: [vaccine('01', named), vaccine('02', named)] })])];
    expect(statusOf(list, observed('007'), contraindicated('01', '02'))).toEqual([
      'contraindicated',
      'contraindication',
    ]);
    const forecast = forecastOver(list, observed('007'), contraindicated('01'));
    const [group] = forecast.vaccineGroups;
    expect(group?.recommendedVaccines.map(({ cvx }) => cvx)).toEqual(['02']);
    expect(group && administrativeGuidance(group, forecast)).toEqual(['Ask.']);
  });

  it('names only vaccines for the age at which the dose can be given', () => {
    const named = { isForecastVaccineType: true };
    const list = [
      series([
        dose({
          ages: [ages({ minimumAge: '1 year', earliestRecommendedAge: '2 years' })],
          preferableVaccines: [
            vaccine('01', { ...named, endAge: span('1 year') }),
            vaccine('02', { ...named, endAge: span('13 months') }),
            vaccine('03', { ...named, beginAge: span('2 years') }),
            vaccine('04'),
          ],
        }),
      ]),
    ];
    const [group] = forecastOver(list, patient([])).vaccineGroups;
    expect(group?.recommendedVaccines.map(({ cvx }) => cvx)).toEqual(['02', '03']);
  });
});
