/** Whom of the stored population another release of the schedule affects, and how (docs/forecast.md). */
import { formatCalendarDate } from '../iis/forecast/calendar.ts';
import { evaluateAndForecast, type Forecast } from '../iis/forecast/evaluate-and-forecast.ts';
import { codedObservations } from '../iis/forecast/fhir/coded-observations.ts';
import { readRecord } from '../iis/forecast/fhir/patient-record.ts';
import type { SupportingData } from '../iis/forecast/supporting-data.ts';
import { doseVerdict } from '../iis/forecast/vaccine-group/dose-verdict.ts';
import { principalFirst } from '../iis/forecast/vaccine-group/principal-forecast.ts';
import type { VaccineGroupForecast } from '../iis/forecast/vaccine-group/vaccine-group-forecast.ts';
import type { Database } from '../storage/database.ts';
import { patientIdsAfter, type RecordDocuments, readRecords } from '../storage/forecast-records.ts';
import { FORECAST_TAG, patientRecord } from './kept-content.ts';

export interface ScheduleComparison {
  readonly people: number;
  readonly affected: number;
  /** Those in which anything differs, by name. */
  readonly groups: readonly GroupComparison[];
}

export interface GroupComparison {
  readonly name: string;
  /** Patients whose forecast differs. */
  readonly people: number;
  /** Doses whose verdict differs. */
  readonly doses: number;
  readonly examples: readonly { readonly patientId: string; readonly before: string; readonly after: string }[];
}

export interface ComparedSchedules {
  readonly before: SupportingData;
  readonly after: SupportingData;
  /** Days since 1970. */
  readonly assessmentDate: number;
}

const PAGE = 100;
const EXAMPLES = 3;

interface Tally {
  people: number;
  doses: number;
  readonly examples: GroupComparison['examples'][number][];
}

export async function compareSchedules(database: Database, compared: ComparedSchedules): Promise<ScheduleComparison> {
  const codings = [compared.before, compared.after].flatMap((schedule) => codedObservations(schedule).codings);
  const tallies = new Map<string, Tally>();
  let [people, affected] = [0, 0];
  for (let ids = await patientIdsAfter(database, '', PAGE); ids.length > 0; ) {
    const records = await readRecords({ database }, { patientIds: ids, codings, tag: FORECAST_TAG, bodies: true });
    for (const record of records.values()) {
      people += 1;
      if (comparePatient(record, compared, tallies)) affected += 1;
    }
    ids = await patientIdsAfter(database, ids.at(-1) ?? '', PAGE);
  }
  const groups = [...tallies]
    .map(([name, tally]) => ({ name, ...tally }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { people, affected, groups };
}

function comparePatient(document: RecordDocuments, compared: ComparedSchedules, tallies: Map<string, Tally>): boolean {
  const both = [compared.before, compared.after];
  const [before, after] = both.map((schedule) => forecastBy(schedule, document, compared));
  if (before === undefined || after === undefined) return false;
  const names = new Set(both.flatMap(({ vaccineGroups }) => vaccineGroups.map(({ name }) => name)));
  const differing = [...names].filter((name) => compareGroup(name, { before, after }, { document, tallies }));
  return differing.length > 0;
}

function compareGroup(
  name: string,
  { before, after }: { readonly before: Forecast; readonly after: Forecast },
  { document, tallies }: { readonly document: RecordDocuments; readonly tallies: Map<string, Tally> },
): boolean {
  const [old, now] = [describe(name, before), describe(name, after)];
  const doses = differingDoses(name, before, after);
  if (old === now && doses === 0) return false;
  const tally = tallies.get(name) ?? { people: 0, doses: 0, examples: [] };
  tallies.set(name, tally);
  tally.doses += doses;
  if (old === now) return true;
  tally.people += 1;
  if (tally.examples.length < EXAMPLES) tally.examples.push({ patientId: document.patientId, before: old, after: now });
  return true;
}

function forecastBy(
  schedule: SupportingData,
  document: RecordDocuments,
  { assessmentDate }: ComparedSchedules,
): Forecast | undefined {
  const record = patientRecord(document);
  const { input } = record ? readRecord(record, { schedule, assessmentDate }) : {};
  return input && evaluateAndForecast(input, schedule);
}

/** What is forecast of a vaccine group, in a few words. */
function describe(name: string, { vaccineGroups }: Forecast): string {
  const own = principalFirst(vaccineGroups.filter(({ vaccineGroup }) => vaccineGroup === name));
  return own.length === 0 ? 'nothing' : own.map(describeForecast).join(' and ');
}

function describeForecast({ status, dates, doseNumber }: VaccineGroupForecast): string {
  if (dates === undefined) return status.replace('-', ' ');
  const { earliest, adjustedRecommended, adjustedPastDue } = dates;
  const pastDue = adjustedPastDue === undefined ? '' : `, past due ${formatCalendarDate(adjustedPastDue)}`;
  return `dose ${doseNumber} from ${formatCalendarDate(earliest)}, due ${formatCalendarDate(adjustedRecommended)}${pastDue}`;
}

function differingDoses(name: string, before: Forecast, after: Forecast): number {
  const [old, now] = [verdicts(name, before), verdicts(name, after)];
  const doses = new Set([...old.keys(), ...now.keys()]);
  return [...doses].filter((dose) => old.get(dose) !== now.get(dose)).length;
}

function verdicts(name: string, { evaluations }: Forecast): ReadonlyMap<string, string> {
  const own = evaluations.filter(({ series }) => series.vaccineGroup === name);
  const ids = new Set(own.map(({ dose }) => dose.given.id ?? ''));
  return new Map([...ids].map((id) => [id, doseVerdict(own.filter(({ dose }) => dose.given.id === id))?.status ?? '']));
}
