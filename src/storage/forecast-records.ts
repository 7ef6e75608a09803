/** What the kept forecasts of patients rest on, and those forecasts themselves, read in few queries (docs/forecast.md). */
import { createHash } from 'node:crypto';
import type { ClientSession, Filter } from 'mongodb';
import type { Database, ResourceDocument } from './database.ts';
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
export async function readRecords(
  store: Pick<Store, 'database'>,
  query: RecordQuery,
): Promise<ReadonlyMap<string, RecordDocuments>> {
  const { patientIds, tag } = query;
  const compartments = { c: { $in: patientIds.map((id) => `Patient/${id}`) } };
  const isOurs = { s__tag: systemCodeKey(tag.system, tag.code) };
  const [patients = [], ...groups] = await inTurnOrTogether(query, [
    () => find(store, query, { resourceType: 'Patient', conditions: { _id: { $in: patientIds } } }),
    () => find(store, query, { resourceType: 'Immunization', conditions: compartments }),
    ...CLINICAL_TYPES.map(
      (resourceType) => () => findRelevant(store, query, { resourceType, conditions: compartments }),
    ),
    ...FORECAST_TYPES.map(
      (resourceType) => () => find(store, query, { resourceType, conditions: { ...compartments, ...isOurs } }),
    ),
  ]);
  return sortByPatient(patientIds, patients, groups.flat());
}

type Found = readonly TypedDocument[];

/** A transaction takes one query after the other; otherwise they need not wait for each other. */
async function inTurnOrTogether(
  { session }: RecordQuery,
  queries: readonly (() => Promise<Found>)[],
): Promise<readonly Found[]> {
  if (session === undefined) return Promise.all(queries.map((query) => query()));
  const found: Found[] = [];
  for (const query of queries) found.push(await query());
  return found;
}

interface Wanted {
  readonly resourceType: string;
  readonly conditions: Conditions;
}

const { body: _body, ...WITHOUT_BODY } = VERSION_PROJECTION;

async function find(
  store: Pick<Store, 'database'>,
  { bodies, session }: RecordQuery,
  { resourceType, conditions }: Wanted,
  projection: Readonly<Record<string, 1>> = bodies ? VERSION_PROJECTION : WITHOUT_BODY,
): Promise<Found> {
  const filter = { ...conditions, del: { $ne: true } } as Filter<ResourceDocument>;
  const options = { projection, ...(session ? { session } : {}) };
  const documents = await store.database.current(resourceType).find(filter, options).toArray();
  return documents.map((document) => ({ resourceType, document }));
}

/**
 * Those of the codes that count. The codes are compared here: the hundreds of them are more to send than the few
 * resources that most people have.
 */
async function findRelevant(store: Pick<Store, 'database'>, query: RecordQuery, wanted: Wanted): Promise<Found> {
  const coded = await find(store, query, wanted, { ...WITHOUT_BODY, s_code: 1, 's_value-concept': 1 });
  if (coded.length === 0) return coded;
  const keys = codeKeys(query.codings);
  const relevant = coded.filter(({ document }) =>
    [document['s_code'], document['s_value-concept']].flat().some((key) => keys.has(key)),
  );
  if (!query.bodies || relevant.length === 0) return relevant;
  const ids = relevant.map(({ document }) => document._id);
  return find(store, query, { resourceType: wanted.resourceType, conditions: { _id: { $in: ids } } });
}

const keysOfCodings = new WeakMap<readonly Code[], ReadonlySet<unknown>>();

function codeKeys(codings: readonly Code[]): ReadonlySet<unknown> {
  const known = keysOfCodings.get(codings);
  if (known) return known;
  const keys = new Set(codings.map(({ system, code }) => systemCodeKey(system, code)));
  keysOfCodings.set(codings, keys);
  return keys;
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

/** Ids of patients who are there, in order. */
export async function patientIdsAfter(database: Database, after: string, count: number): Promise<readonly string[]> {
  const filter = { _id: { $gt: after }, del: { $ne: true } } as Filter<ResourceDocument>;
  const found = database.current('Patient').find(filter, { projection: { _id: 1 } });
  return (await found.sort({ _id: 1 }).limit(count).toArray()).map(({ _id }) => _id);
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
