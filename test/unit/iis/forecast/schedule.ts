/** Builds small schedules and patients, so that a test shows only what it is about. */
import { type CalendarDate, formatCalendarDate, parseCalendarDate } from '../../../../src/iis/forecast/calendar.ts';
import { parseDuration } from '../../../../src/iis/forecast/compile/fields.ts';
import { evaluateAndForecast, type Forecast } from '../../../../src/iis/forecast/evaluate-and-forecast.ts';
import type { ForecastInput, VaccineDoseAdministered } from '../../../../src/iis/forecast/patient.ts';
import type { EvaluationStatus, PatientSeries } from '../../../../src/iis/forecast/series/patient-series.ts';
import type {
  AgeRow,
  AntigenSchedule,
  AntigenSeries,
  PreferableInterval,
  PreferableVaccine,
  SeriesDose,
  SupportingData,
  Vaccine,
  VaccineConflict,
  VaccineGroup,
} from '../../../../src/iis/forecast/supporting-data.ts';
import type { VaccineGroupForecast } from '../../../../src/iis/forecast/vaccine-group/vaccine-group-forecast.ts';

const BORN = '2020-01-01';
export const day = (text: string): CalendarDate => parseCalendarDate(text);
export const span = parseDuration;

/** The antigen and vaccine group of most tests, and its vaccines. */
export const ANTIGEN = 'Antigen A';
export const vaccine = (cvx: string, about: Partial<PreferableVaccine> = {}): PreferableVaccine => ({
  vaccineType: `Vaccine ${cvx}`,
  cvx,
  isForecastVaccineType: false,
  ...about,
});

export const ages = (about: Partial<Record<keyof AgeRow, string>>): AgeRow =>
  Object.fromEntries(
    Object.entries(about).map(([name, text]) => [name, name.endsWith('Date') ? day(text) : span(text)]),
  );

type Spans = Partial<
  Record<
    'absoluteMinimumInterval' | 'minimumInterval' | 'earliestRecommendedInterval' | 'latestRecommendedInterval',
    string
  >
>;

export const interval = (spans: Spans, about: Partial<PreferableInterval> = {}): PreferableInterval => ({
  reference: { from: 'previous-dose' },
  isPriority: false,
  ...Object.fromEntries(Object.entries(spans).map(([name, text]) => [name, span(text)])),
  ...about,
});

/** A series dose that takes vaccine 01 at any time; its number comes from its place. */
export const dose = (about: Partial<SeriesDose> = {}): SeriesDose => ({
  number: 0,
  ages: [],
  preferableIntervals: [],
  allowableIntervals: [],
  preferableVaccines: [vaccine('01')],
  allowableVaccines: [],
  inadvertentVaccines: new Set(),
  conditionalSkips: [],
  isRecurring: false,
  ...about,
});

export function series(doses: readonly SeriesDose[], about: Partial<AntigenSeries> = {}): AntigenSeries {
  return {
    name: 'Series A',
    antigen: ANTIGEN,
    vaccineGroup: 'Group A',
    guidance: [],
    type: 'standard',
    equivalentSeriesGroups: new Set(),
    requiredGenders: new Set(),
    isDefault: about.name === undefined,
    isProductPath: false,
    group: '1',
    priority: 'A',
    preference: 1,
    indications: [],
    doses: doses.map((entry, index) => ({ ...entry, number: index + 1 })),
    ...about,
  };
}

export const antigen = (list: readonly AntigenSeries[], about: Partial<AntigenSchedule> = {}): AntigenSchedule => ({
  antigen: list[0]?.antigen ?? ANTIGEN,
  immunityCodes: new Set(),
  birthDateImmunity: [],
  contraindications: [],
  vaccineContraindications: [],
  series: list,
  ...about,
});

const simpleVaccine = (cvx: string, ...antigens: readonly string[]): Vaccine => ({
  cvx,
  name: `Vaccine ${cvx}`,
  associations: antigens.map((name) => ({ antigen: name })),
});

export interface ScheduleParts {
  readonly vaccines?: readonly Vaccine[];
  readonly vaccineGroups?: readonly VaccineGroup[];
  readonly conflicts?: readonly (readonly [previous: string, current: string, conflict: VaccineConflict])[];
}

/** Vaccines 01 to 09 contain antigen A, unless said otherwise. */
export function schedule(antigens: readonly AntigenSchedule[], parts: ScheduleParts = {}): SupportingData {
  const defaults = ['01', '02', '03', '04'].map((cvx) => simpleVaccine(cvx, ANTIGEN));
  const conflicts = new Map<string, Map<string, VaccineConflict>>();
  for (const [previous, current, conflict] of parts.conflicts ?? []) {
    conflicts.set(previous, (conflicts.get(previous) ?? new Map()).set(current, conflict));
  }
  const groups = parts.vaccineGroups ?? [
    { name: 'Group A', administerFullVaccineGroup: false, antigens: antigens.map((entry) => entry.antigen) },
  ];
  return {
    version: 'test',
    antigens,
    vaccines: new Map([...defaults, ...(parts.vaccines ?? [])].map((entry) => [entry.cvx, entry])),
    vaccineGroups: groups,
    conflicts,
    observations: new Map(),
  };
}

/** `01@2020-03-01`: a dose of vaccine 01 on that day. */
export function given(text: string, about: Partial<VaccineDoseAdministered> = {}): VaccineDoseAdministered {
  const [cvx = '', date = ''] = text.split('@');
  return { cvx, dateAdministered: day(date), ...about };
}

export const patient = (
  doses: readonly (string | VaccineDoseAdministered)[],
  about: Partial<ForecastInput> = {},
): ForecastInput => ({
  birthDate: day(BORN),
  gender: 'female',
  dosesAdministered: doses.map((entry) => (typeof entry === 'string' ? given(entry) : entry)),
  observations: [],
  assessmentDate: day('2030-01-01'),
  ...about,
});

/** The forecast over a schedule of one antigen. */
export const forecastOver = (
  list: readonly AntigenSeries[],
  input: ForecastInput,
  about: Partial<AntigenSchedule> = {},
): Forecast => evaluateAndForecast(input, schedule([antigen(list, about)]));

/** The best series of the first antigen. */
export function bestOf(forecast: Forecast): PatientSeries {
  const best = forecast.antigens[0]?.bestSeries[0]?.patientSeries;
  if (best === undefined) throw new Error('No series is best.');
  return best;
}

export const statusesOf = (forecast: Forecast): readonly EvaluationStatus[] =>
  bestOf(forecast).evaluations.map(({ status }) => status);

export const reasonsOf = (forecast: Forecast): readonly (readonly string[])[] =>
  bestOf(forecast).evaluations.map(({ reasons }) => reasons.map(({ code }) => code));

/** Earliest, recommended, past due and latest date of the first vaccine group. */
export function datesOf({ vaccineGroups }: Forecast): readonly (string | undefined)[] {
  const { dates }: Partial<VaccineGroupForecast> = vaccineGroups[0] ?? {};
  return [dates?.earliest, dates?.adjustedRecommended, dates?.adjustedPastDue, dates?.latest].map((date) =>
    date === undefined ? undefined : formatCalendarDate(date),
  );
}
