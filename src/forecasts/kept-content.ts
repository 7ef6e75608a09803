/** What is kept of a patient's forecast: ImmDS resources with ids of their own, marked as this server's (docs/forecast.md). */
import { v5 } from 'uuid';
import { isObject, type JsonObject } from '../fhir/resource-content.ts';
import { digestForecast } from '../iis/forecast/fhir/digest.ts';
import { type ForecastTerms, forecastRecord } from '../iis/forecast/fhir/forecast-record.ts';
import { isAbout, type PatientRecord, readRecord } from '../iis/forecast/fhir/patient-record.ts';
import { isClosedRecord } from '../iis/forecast/fhir/read-patient.ts';
import type { RecordDocuments } from '../storage/forecast-records.ts';
import type { RecordSnapshot } from '../storage/forecast-states.ts';

/** What every resource of a kept forecast is tagged with. */
export const FORECAST_TAG = { system: 'urn:jenner:tag', code: 'forecast' } as const;
/** The system of a kept recommendation's identifier, the patient's id. */
const FORECAST_IDENTIFIER = 'urn:jenner:forecast';
/** The name space of the ids; a change would make every forecast anew beside the old one. */
const NAMESPACE = '0c7b6c0e-35b5-5a0e-9d0f-6f1f6f0a7c42';

export interface KeptResource {
  readonly resourceType: string;
  readonly id: string;
  readonly text: string;
}

export interface KeptContent {
  /** None where nothing can be or is to be forecast. */
  readonly contents: readonly KeptResource[];
  readonly digest?: string;
  readonly snapshot?: RecordSnapshot;
}

/** A day on which everything that is dated has come and gone. */
const FAR_FUTURE = 3_000_000;

/** Nothing is kept of the dead, of records that were merged, and of people whose birth date isn't known to the day. */
export function keptContent(document: RecordDocuments, terms: ForecastTerms): KeptContent {
  const { patientId } = document;
  const record = patientRecord(document);
  if (record === undefined) return { contents: [] };
  const { answer } = forecastRecord(record, terms);
  if (answer === undefined) return { contents: [] };
  const security = securityLabels([record.patient, ...record.immunizations, ...clinicalOf(record)]);
  const mark = (resource: Readonly<Record<string, unknown>>, id: string) => marked(resource, { id, security });
  const identifier = [{ system: FORECAST_IDENTIFIER, value: patientId }];
  const recommendation = mark({ ...answer.recommendation, identifier }, v5(`recommendation/${patientId}`, NAMESPACE));
  const evaluations = answer.evaluations.map(({ key, resource }) => mark(resource, v5(`evaluation/${key}`, NAMESPACE)));
  return {
    contents: [recommendation, ...evaluations],
    digest: digestForecast(answer.forecast),
    ...snapshotOf(record, terms),
  };
}

/** The record in FHIR; undefined where there is no patient, or one for whom nothing can be due any more. */
export function patientRecord({ patientId, patient, inputs }: RecordDocuments): PatientRecord | undefined {
  if (patient?.body === undefined) return undefined;
  const person = parsed(patient.body);
  if (isClosedRecord(person)) return undefined;
  const found = inputs
    .toSorted((a, b) => (a.document._id < b.document._id ? -1 : 1))
    .map(({ resourceType, document }) => ({ resourceType, json: parsed(document.body ?? '{}') }))
    .filter(({ json }) => isAbout(json, patientId));
  const all = (type: string) => found.filter(({ resourceType }) => resourceType === type).map(({ json }) => json);
  return {
    patient: person,
    immunizations: all('Immunization'),
    conditions: all('Condition'),
    allergies: all('AllergyIntolerance'),
    observations: all('Observation'),
  };
}

function parsed(body: string): JsonObject {
  const json: unknown = JSON.parse(body);
  return isObject(json) ? json : {};
}

const clinicalOf = ({ conditions, allergies, observations }: PatientRecord): readonly JsonObject[] => [
  ...conditions,
  ...allergies,
  ...observations,
];

/** A forecast tells of what it rests on, so it is as confidential as the most confidential part of that. */
function securityLabels(resources: readonly JsonObject[]): readonly unknown[] {
  const labels = resources.flatMap(({ meta }) => {
    const security = isObject(meta) ? meta['security'] : undefined;
    return Array.isArray(security) ? security : [];
  });
  return [...new Map(labels.map((label) => [JSON.stringify(label), label])).entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, label]) => label);
}

function marked(
  resource: Readonly<Record<string, unknown>>,
  { id, security }: { readonly id: string; readonly security: readonly unknown[] },
): KeptResource {
  const { resourceType, meta, ...rest } = resource;
  const { profile, tag = [] } = (isObject(meta) ? meta : {}) as { profile?: unknown; tag?: readonly unknown[] };
  const labels = security.length === 0 ? {} : { security };
  const json = { resourceType, id, meta: { profile, ...labels, tag: [...tag, FORECAST_TAG] }, ...rest };
  return { resourceType: String(resourceType), id, text: JSON.stringify(json) };
}

/** The input without its day, where it is the same on every day. */
function snapshotOf(record: PatientRecord, { schedule, assessmentDate }: ForecastTerms): { snapshot?: RecordSnapshot } {
  const { input } = readRecord(record, { schedule, assessmentDate });
  const later = readRecord(record, { schedule, assessmentDate: FAR_FUTURE }).input;
  if (input === undefined || JSON.stringify(input.observations) !== JSON.stringify(later?.observations)) return {};
  const { assessmentDate: _day, ...timeless } = input;
  return {
    snapshot: {
      input: JSON.stringify(timeless),
      clinical: clinicalOf(record).length > 0 || input.observations.length > 0,
    },
  };
}

/**
 * A kept text without what changes though the answer doesn't: the day and the release of the schedule by which it was made.
 * Where the rest is the same, the version that is stored stays.
 */
export const answerText = (text: string): string =>
  text.replace(/"date":"[^"]*"/, '').replace(/"system":"urn:jenner:cdsi-schedule","code":"[^"]*"/, '');
