/** What the kept forecasts of patients rest on, and those forecasts themselves, read in few queries (docs/forecast.md). */
import { createHash } from 'node:crypto';
import type { ClientSession, Filter } from 'mongodb';
import type { ResourceDocument } from './database.ts';
import { VERSION_PROJECTION } from './resource-document.ts';
import type { Conditions } from './search/combine.ts';
import { systemCodeKey } from './search/keys.ts';
import type { Store } from './versions.ts';

/** The types that forecasts are stored as. */
export const FORECAST_TYPES = ['ImmunizationRecommendation', 'ImmunizationEvaluation'] as const;
/** The types whose resources a forecast rests on, beside the Patient. */
export const CLINICAL_TYPES = ['Condition', 'AllergyIntolerance', 'Observation'] as const;

interface Code {
  readonly system: string;
  readonly code: string;
}

/** A document and its type. */
export interface TypedDocument {
  readonly resourceType: string;
  readonly document: ResourceDocument;
}

/** Current versions about one patient. */
export interface RecordDocuments {
  readonly patientId: string;
  /** Undefined where there is none, or no more. */
  readonly patient: ResourceDocument | undefined;
  /** Doses, and clinical resources of the codes asked for. */
  readonly inputs: readonly TypedDocument[];
  /** The forecast that is kept. */
  readonly kept: readonly TypedDocument[];
}

export interface RecordQuery {
  readonly patientIds: readonly string[];
  /** The codes of conditions, allergies and observations that count. */
  readonly codings: readonly Code[];
  /** What the resources of kept forecasts are tagged with. */
  readonly tag: Code;
  /** Whether the texts are wanted too. */
  readonly bodies: boolean;
  readonly session?: ClientSession;
}

/** By patient id; one entry for each that was asked for. */
export async function readRecords(store: Store, query: RecordQuery): Promise<ReadonlyMap<string, RecordDocuments>> {
  const compartments = { c: { $in: query.patientIds.map((id) => `Patient/${id}`) } };
  const isOurs = { s__tag: systemCodeKey(query.tag.system, query.tag.code) };
  const counts = relevant(query.codings);
  const asked: readonly (readonly [string, Conditions])[] = [
    ['Patient', { _id: { $in: query.patientIds } }],
    ['Immunization', compartments],
    ...CLINICAL_TYPES.map((type) => [type, { ...compartments, ...counts }] as const),
    ...FORECAST_TYPES.map((type) => [type, { ...compartments, ...isOurs }] as const),
  ];
  const [patients = [], ...groups] = await findAll(store, asked, query);
  return sortByPatient(query.patientIds, patients, groups.flat());
}

/** A transaction takes one query after the other; otherwise they need not wait for each other. */
async function findAll(
  store: Store,
  asked: readonly (readonly [resourceType: string, conditions: Conditions])[],
  query: RecordQuery,
): Promise<readonly (readonly TypedDocument[])[]> {
  const start = ([resourceType, conditions]: (typeof asked)[number]) => find(store, resourceType, conditions, query);
  if (query.session === undefined) return Promise.all(asked.map(start));
  const found: (readonly TypedDocument[])[] = [];
  for (const one of asked) found.push(await start(one));
  return found;
}

function relevant(codings: readonly Code[]): Conditions {
  const keys = codings.map(({ system, code }) => systemCodeKey(system, code));
  return { $or: [{ s_code: { $in: keys } }, { 's_value-concept': { $in: keys } }] };
}

async function find(
  store: Store,
  resourceType: string,
  conditions: Conditions,
  { bodies, session }: RecordQuery,
): Promise<readonly TypedDocument[]> {
  const { body: _body, ...withoutBody } = VERSION_PROJECTION;
  const filter = { ...conditions, del: { $ne: true } } as Filter<ResourceDocument>;
  const projection = bodies ? VERSION_PROJECTION : withoutBody;
  const options = { projection, ...(session ? { session } : {}) };
  const documents = await store.database.current(resourceType).find(filter, options).toArray();
  return documents.map((document) => ({ resourceType, document }));
}

interface Collected {
  readonly inputs: TypedDocument[];
  readonly kept: TypedDocument[];
}

const isKept = ({ resourceType }: TypedDocument): boolean => FORECAST_TYPES.some((type) => type === resourceType);

function sortByPatient(
  ids: readonly string[],
  patients: readonly TypedDocument[],
  found: readonly TypedDocument[],
): ReadonlyMap<string, RecordDocuments> {
  const collected = new Map<string, Collected>(ids.map((id) => [`Patient/${id}`, { inputs: [], kept: [] }]));
  for (const entry of found) {
    for (const compartment of entry.document.c) {
      const own = collected.get(compartment);
      if (own) (isKept(entry) ? own.kept : own.inputs).push(entry);
    }
  }
  const byId = new Map(patients.map(({ document }) => [document._id, document]));
  return new Map(
    ids.map((patientId) => {
      const { inputs, kept } = collected.get(`Patient/${patientId}`) ?? { inputs: [], kept: [] };
      return [patientId, { patientId, patient: byId.get(patientId), inputs, kept }];
    }),
  );
}

/** The identity of a version: which resource, and which version of it. */
export interface VersionName {
  readonly resourceType: string;
  readonly id: string;
  readonly version: number;
}

const nameOf = ({ resourceType, document }: TypedDocument): VersionName => ({
  resourceType,
  id: document._id,
  version: document.v,
});

/** A fingerprint of which versions a forecast was made from and is kept as: another one means that it is out of date. */
export function fingerprintOf(
  { patient, inputs, kept }: RecordDocuments,
  written: readonly VersionName[] = kept.map(nameOf),
): string {
  const ofPatient = patient ? [{ resourceType: 'Patient', document: patient }] : [];
  const names = [...[...ofPatient, ...inputs].map(nameOf), ...written];
  const lines = names.map(({ resourceType, id, version }) => `${resourceType}/${id}/${version}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('base64').slice(0, 24);
}
