import { describe, expect, it } from 'vitest';
import { evaluateAndForecast } from '../../../../../src/iis/forecast/evaluate-and-forecast.ts';
import type { AntigenSchedule, SeriesDose, VaccineGroup } from '../../../../../src/iis/forecast/supporting-data.ts';
import { administrativeGuidance } from '../../../../../src/iis/forecast/vaccine-group/guidance.ts';
import { ages, antigen, datesOf, day, dose, forecastOver, interval, patient, schedule, series } from '../schedule.ts';

const vaccines = [
  { cvx: '01', name: 'A', associations: [{ antigen: 'A' }] },
  { cvx: '02', name: 'B', associations: [{ antigen: 'B' }] },
  { cvx: '09', name: 'A and B', associations: [{ antigen: 'A' }, { antigen: 'B' }] },
];
const takes = (...cvx: readonly string[]) => ({
  preferableVaccines: cvx.map((code) => ({ vaccineType: code, cvx: code, isForecastVaccineType: false })),
});
const of = (name: string, doses: readonly SeriesDose[], about: Partial<AntigenSchedule> = {}) =>
  antigen([series(doses, { name, antigen: name, vaccineGroup: 'A-B', isDefault: true })], about);

function groupOf(antigens: readonly AntigenSchedule[], about: Partial<VaccineGroup>, input = patient([])) {
  const group = { name: 'A-B', administerFullVaccineGroup: false, antigens: ['A', 'B'], ...about };
  return evaluateAndForecast(input, schedule(antigens, { vaccines, vaccineGroups: [group] }));
}

const aDose = (about: Partial<SeriesDose> = {}) => dose({ ...takes('01', '09'), ...about });
const bDose = (about: Partial<SeriesDose> = {}) => dose({ ...takes('02', '09'), ...about });

describe('a vaccine group of several antigens', () => {
  const contraindicated = { contraindications: [{ code: '080', text: '', guidance: '' }] };
  const immune = { immunityCodes: new Set(['080']) };
  const observed = patient([], { observations: [{ code: '080' }] });
  const aged = { ages: [ages({ maximumAge: '1 year' })] };
  const season = { season: { endDate: day('2029-01-01') } };
  const statusOf = (antigens: readonly AntigenSchedule[], isFull: boolean) =>
    groupOf(antigens, { administerFullVaccineGroup: isFull }, observed).vaccineGroups[0]?.status;

  it.each([
    [
      'contraindicated where one is and it is given in full',
      true,
      [of('A', [aDose()], contraindicated), of('B', [bDose()])],
      'contraindicated',
    ],
    [
      'due for the others where one is contraindicated',
      false,
      [of('A', [aDose()], contraindicated), of('B', [bDose()])],
      'not-complete',
    ],
    [
      'contraindicated where the other is immune',
      false,
      [of('A', [aDose()], contraindicated), of('B', [bDose()], immune)],
      'contraindicated',
    ],
    ['aged out where one is', true, [of('A', [aDose(aged)]), of('B', [bDose()])], 'aged-out'],
    ['not recommended where one is', true, [of('A', [aDose(season)]), of('B', [bDose()])], 'not-recommended'],
    ['due where one is', true, [of('A', [aDose()], immune), of('B', [bDose()])], 'not-complete'],
    ['immune where all are', true, [of('A', [aDose()], immune), of('B', [bDose()], immune)], 'immune'],
  ] as const)('is %s', (_title, isFull, antigens, expected) => {
    expect(statusOf(antigens, isFull)).toBe(expected);
  });

  it('is complete where some are complete and the others immune', () => {
    const input = patient(['01@2020-02-01'], { observations: [{ code: '080' }] });
    const forecast = groupOf([of('A', [aDose()]), of('B', [bDose()], immune)], {}, input);
    expect(forecast.vaccineGroups[0]?.status).toBe('complete');
  });

  it('is due on the latest of the earliest dates, but not recommended later than the first recommends', () => {
    const first = of('A', [aDose({ ages: [ages({ minimumAge: '2 months', earliestRecommendedAge: '6 months' })] })]);
    const second = of('B', [bDose({ ages: [ages({ minimumAge: '4 months', earliestRecommendedAge: '1 year' })] })]);
    expect(datesOf(groupOf([first, second], {})).slice(0, 2)).toEqual(['2020-05-01', '2020-07-01']);
  });

  it('is due on the earliest date after the last dose of the group, where all intervals have priority', () => {
    const urgent = interval({ minimumInterval: '4 weeks' }, { isPriority: true });
    const slow = interval({ minimumInterval: '1 year' });
    const input = patient(['09@2020-02-01', '02@2020-06-01']);
    const second = of('B', [bDose(), bDose(), bDose({ preferableIntervals: [slow] })]);
    const first = of('A', [aDose(), aDose({ preferableIntervals: [urgent] })]);
    expect(datesOf(groupOf([first, second], {}, input))[0]).toBe('2020-06-01');
    const calm = of('A', [aDose(), aDose({ preferableIntervals: [{ ...urgent, isPriority: false }] })]);
    expect(datesOf(groupOf([calm, second], {}, input))[0]).toBe('2021-06-01');
  });

  it('numbers the dose by the antigen that lags where it is given in full, else by the one ahead', () => {
    const antigens = [of('A', [aDose(), aDose(), aDose()]), of('B', [bDose(), bDose(), bDose()])];
    const input = patient(['09@2020-02-01', '01@2020-03-01']);
    const number = (isFull: boolean) =>
      groupOf(antigens, { administerFullVaccineGroup: isFull }, input).vaccineGroups[0]?.doseNumber;
    expect([number(true), number(false)]).toEqual([2, 3]);
  });

  it('names the antigens that are due', () => {
    const antigens = [of('A', [aDose(), aDose()]), of('B', [bDose()])];
    const [group] = groupOf(antigens, {}, patient(['09@2020-02-01'])).vaccineGroups;
    expect(group?.recommendedAntigens).toEqual(['A']);
  });
});

describe('the guidance of a vaccine group', () => {
  it('is that of the series and of the indications that apply, each once', () => {
    const risk = series([dose()], {
      name: 'Risk',
      type: 'risk',
      guidance: ['For travellers.', 'Ask.'],
      indications: [
        { code: '001', text: '', guidance: 'Ask.' },
        { code: '002', text: '', guidance: 'Not this one.' },
        { code: '003', text: '', guidance: 'Before departure.' },
      ],
    });
    const forecast = forecastOver([risk], patient([], { observations: [{ code: '001' }, { code: '003' }] }));
    const [group] = forecast.vaccineGroups;
    expect(group && administrativeGuidance(group, forecast)).toEqual(['For travellers.', 'Ask.', 'Before departure.']);
  });
});

describe('a vaccine group with several series groups', () => {
  it('has a forecast for each that has a best series', () => {
    const risk = series([dose(), dose(), dose()], {
      name: 'Risk',
      type: 'risk',
      group: '2',
      indications: [{ code: '001', text: '', guidance: '' }],
    });
    const input = patient(['01@2020-02-01'], { observations: [{ code: '001' }] });
    const { vaccineGroups } = forecastOver([series([dose()]), risk], input);
    expect(vaccineGroups.map(({ seriesType, status }) => [seriesType, status])).toEqual([
      ['standard', 'complete'],
      ['risk', 'not-complete'],
    ]);
  });
});
