import { describe, expect, it } from 'vitest';
import type { ForecastInput } from '../../../../../src/iis/forecast/patient.ts';
import type { AntigenSeries } from '../../../../../src/iis/forecast/supporting-data.ts';
import { ages, day, dose, forecastOver, interval, patient, series, span, vaccine } from '../schedule.ts';

const bestNames = (list: readonly AntigenSeries[], input: ForecastInput): readonly string[] =>
  forecastOver(list, input).antigens[0]?.bestSeries.map(({ patientSeries }) => patientSeries.series.name) ?? [];

const named = (name: string, doses: Parameters<typeof series>[0], about: Partial<AntigenSeries> = {}) =>
  series(doses, { name, ...about });
const standard = (about: Partial<AntigenSeries> = {}) =>
  named('default', [dose(), dose()], { isDefault: true, ...about });
const indicated = { type: 'risk', indications: [{ code: '001', text: '', guidance: '' }] } as const;
const atRisk = (...doses: readonly string[]) => patient(doses, { observations: [{ code: '001' }] });

describe('which series concern a patient', () => {
  it('follows the gender', () => {
    const female = standard({ requiredGenders: new Set(['female', 'unknown'] as const) });
    const male = standard({ name: 'male', requiredGenders: new Set(['male'] as const) });
    const of = (gender: ForecastInput['gender']) => bestNames([female, male], patient([], { gender }));
    expect([of('female'), of('male'), of('unknown')]).toEqual([['default'], ['male'], ['default']]);
  });

  it('needs an indication that applies at the age on the assessment date, for risk series', () => {
    const indication = { code: '001', text: '', guidance: '', beginAge: span('10 years'), endAge: span('11 years') };
    const risk = named('risk', [dose()], { type: 'risk', group: '2', indications: [indication] });
    const at = (date: string) => bestNames([risk], { ...atRisk(), assessmentDate: day(date) });
    expect([at('2029-12-31'), at('2030-01-01'), at('2031-01-01')]).toEqual([[], ['risk'], []]);
    expect(bestNames([risk], patient([]))).toEqual([]);
  });
});

describe('which series of a group leads', () => {
  it('is the default one while no dose counts', () => {
    expect(bestNames([named('other', [dose()]), standard()], patient([]))).toEqual(['default']);
  });

  it('is none where the only one that counts began too late and there is no default', () => {
    const early = named('early', [dose()], { maximumAgeToStart: span('1 year') });
    expect(bestNames([early], patient(['01@2021-01-01']))).toEqual([]);
    expect(bestNames([early], patient(['01@2020-12-31']))).toEqual(['early']);
  });

  it('is the only complete one, else the only one in process', () => {
    const one = named('one dose', [dose()]);
    expect(bestNames([standard(), one], patient(['01@2020-02-01']))).toEqual(['one dose']);
    const other = named('other vaccine', [dose({ preferableVaccines: [vaccine('02')] }), dose()]);
    expect(bestNames([standard(), other], patient(['02@2020-02-01']))).toEqual(['other vaccine']);
  });

  it('is the complete one with most valid doses, then the better preference', () => {
    const two = named('two doses', [dose(), dose()], { preference: 3 });
    const one = named('one dose', [dose()], { preference: 1 });
    const history = patient(['01@2020-02-01', '01@2020-03-01']);
    expect(bestNames([one, two], history)).toEqual(['two doses']);
    expect(bestNames([one, two, named('preferred', [dose(), dose()], { preference: 2 })], history)).toEqual([
      'preferred',
    ]);
  });

  it('is, of those in process, the one by the points of completion and product', () => {
    const taking = (cvx: string) => dose({ preferableVaccines: [vaccine(cvx)] });
    const long = named('long', [dose(), dose(), dose(), dose()], { preference: 1 });
    const short = named('short', [dose(), dose(), dose()], { preference: 2 });
    expect(bestNames([long, short], patient(['01@2020-02-01']))).toEqual(['short']);
    const product = named('product', [taking('01'), taking('01'), taking('01')], {
      isProductPath: true,
      preference: 3,
    });
    expect(bestNames([long, short, product], patient(['01@2020-02-01']))).toEqual(['product']);
  });

  it('is, of those in process, rather one that can still be completed', () => {
    const spaced = dose({ preferableIntervals: [interval({ minimumInterval: '2 years' })] });
    const last = dose({ ages: [ages({ maximumAge: '1 year' })] });
    const unfinishable = named('unfinishable', [dose(), spaced, last], { preference: 1 });
    const open = named('open', [dose(), spaced, dose()], { preference: 2 });
    expect(bestNames([unfinishable, open], patient(['01@2020-02-01']))).toEqual(['open']);
  });

  it('is, without a valid dose and a default, the one that can start first and be completed, no product', () => {
    const late = named('late', [dose({ ages: [ages({ minimumAge: '1 year' })] })], { preference: 1 });
    const soon = named('soon', [dose({ ages: [ages({ minimumAge: '2 months' })] })], { preference: 2 });
    expect(bestNames([late, soon], patient([]))).toEqual(['soon']);
    const product = named('product', [dose({ ages: [ages({ minimumAge: '2 months' })] })], {
      isProductPath: true,
      preference: 1,
    });
    expect(bestNames([product, soon], patient([]))).toEqual(['soon']);
  });

  it('is, of risk series, one of the highest priority', () => {
    const low = named('low', [dose()], { ...indicated, priority: 'B' });
    const high = named('high', [dose({ preferableVaccines: [vaccine('02')] })], { ...indicated, preference: 9 });
    expect(bestNames([low, high], atRisk('01@2020-02-01'))).toEqual(['high']);
  });

  it('is not one for evaluation only, unless that is complete', () => {
    const only = named('evaluation only', [dose({ preferableVaccines: [vaccine('02')] })], { type: 'evaluation-only' });
    expect(bestNames([standard(), only], patient(['01@2020-02-01']))).toEqual(['default']);
    expect(bestNames([standard(), only], patient(['02@2020-02-01']))).toEqual(['evaluation only']);
  });

  it('is a contraindicated one only where all are', () => {
    const other = named('other', [dose({ preferableVaccines: [vaccine('02')] })], { preference: 2 });
    const about = { vaccineContraindications: [{ code: '007', text: '', guidance: '', vaccines: [vaccine('01')] }] };
    const input = patient(['01@2020-02-01', '02@2020-02-01'], { observations: [{ code: '007' }] });
    const best = forecastOver([standard({ isDefault: false }), other], input, about).antigens[0]?.bestSeries;
    expect(best?.map(({ patientSeries }) => patientSeries.series.name)).toEqual(['other']);
  });
});

describe('which groups keep their leading series', () => {
  const risk = (about: Partial<AntigenSeries> = {}) =>
    named('risk', [dose(), dose(), dose()], { ...indicated, group: '2', ...about });

  it('are all, where they are not equivalent', () => {
    expect(bestNames([standard(), risk()], atRisk())).toEqual(['default', 'risk']);
  });

  it('is the risk group alone, where the standard one is equivalent to it', () => {
    expect(bestNames([standard({ equivalentSeriesGroups: new Set(['2']) }), risk()], atRisk())).toEqual(['risk']);
  });

  it('is the complete one alone, where the other is equivalent to it', () => {
    const doses = ['01@2020-02-01', '01@2020-03-01'];
    const equivalent = risk({ equivalentSeriesGroups: new Set(['1']) });
    expect(bestNames([standard(), equivalent], atRisk(...doses))).toEqual(['default']);
    expect(bestNames([standard(), risk()], atRisk(...doses))).toEqual(['default', 'risk']);
  });
});
