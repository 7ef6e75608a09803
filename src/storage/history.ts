/**
 * Versions, newest first: of one resource, of a type or of everything (FHIR R4, http.html#history). Current versions and
 * superseded ones lie in two collections; a page is what both have, merged.
 */
import type { Filter, Sort } from 'mongodb';
import type { Permission } from '../auth/scope.ts';
import { notFound } from '../fhir/error.ts';
import type { StoredResource } from '../fhir/stored-resource.ts';
import type { HistoryDocument, ResourceDocument } from './database.ts';
import { reachable } from './reach.ts';
import { type AnyVersionDocument, toStored, VERSION_PROJECTION } from './resource-document.ts';
import { all, type Conditions } from './search/combine.ts';
import { countSuperseded, findSuperseded } from './superseded.ts';
import type { Store } from './versions.ts';

export interface PastVersion {
  readonly stored: StoredResource;
  /** Whether there was nothing, or a deletion, before it. */
  readonly creates: boolean;
}

/** The last version of a page. */
export interface VersionPosition {
  readonly lastUpdated: Date;
  readonly resourceType: string;
  readonly id: string;
}

export interface HistoryPage {
  readonly versions: readonly PastVersion[];
  /** Where to go on, where there is more. */
  readonly next: VersionPosition | undefined;
}

/** Which versions. */
export interface HistoryScope {
  readonly resourceType?: string | undefined;
  readonly id?: string | undefined;
  /** Made at this instant or later. */
  readonly since?: Date | undefined;
  /** Current at some time within. */
  readonly at?: { readonly from: Date; readonly to: Date } | undefined;
}

export interface HistoryRequest extends HistoryScope {
  readonly count: number;
  readonly after: VersionPosition | undefined;
}

/** How many types are asked at a time. */
const AT_A_TIME = 8;
const TIME_LIMIT_MS = 20_000;

/** One page. @throws FhirError 404 where it is of one resource that never was. */
export async function historyPage(store: Store, request: HistoryRequest): Promise<HistoryPage> {
  await checkKnown(store, request);
  const found = await ofEachType(store, request, (type) => newestOf(store, request, type));
  const versions = found
    .flat()
    .sort(newestFirst)
    .filter((version, index, all) => !isSameVersion(version, all[index - 1]));
  const page = versions.slice(0, request.count);
  const last = page.at(-1)?.stored;
  return { versions: page, next: versions.length > request.count ? last : undefined };
}

/** How many versions there are in all. */
export async function countVersions(store: Store, scope: HistoryScope): Promise<number> {
  const latest = await checkKnown(store, scope);
  if (latest !== undefined && !scope.since && !scope.at && store.reach.kind === 'everything') return latest;
  return countReachable(store, scope, latest);
}

/** @param latest of one resource, the number of its current version: a copy of it in history is not counted. */
async function countReachable(store: Store, scope: HistoryScope, latest: number | undefined): Promise<number> {
  const permission = permissionFor(scope);
  const others: Conditions[] = latest === undefined ? [] : [{ v: { $ne: latest } }];
  const counts = await ofEachType(store, scope, async (resourceType) => {
    const current = all([filterOf(scope, '_id'), reachable(store.reach, permission, resourceType)]);
    const limit = { maxTimeMS: TIME_LIMIT_MS };
    return (
      (await store.database.current(resourceType).countDocuments(current as Filter<ResourceDocument>, limit)) +
      (await countSuperseded(store, { permission, resourceType }, all([filterOf(scope, 'id'), ...others])))
    );
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The history of one resource is read, any other is searched. */
const permissionFor = ({ id }: HistoryScope): Permission => (id === undefined ? 's' : 'r');

/** Of one resource, the number of its current version. @throws FhirError 404 where no version of it is within reach. */
async function checkKnown(store: Store, { resourceType, id }: HistoryScope): Promise<number | undefined> {
  if (resourceType === undefined || id === undefined) return undefined;
  const known = await store.database.current(resourceType).findOne({ _id: id }, { projection: { v: 1 } });
  const isKnown =
    known && (store.reach.kind === 'everything' || (await countReachable(store, { resourceType, id }, known.v)) > 0);
  if (!isKnown) throw notFound(`${resourceType}/${id} is not known.`);
  return known.v;
}

async function ofEachType<Result>(
  { definitions }: Store,
  { resourceType }: HistoryScope,
  work: (resourceType: string) => Promise<Result>,
): Promise<Result[]> {
  const pending = resourceType === undefined ? [...definitions.resourceTypes] : [resourceType];
  const results: Result[] = [];
  const worker = async () => {
    for (let type = pending.pop(); type !== undefined; type = pending.pop()) results.push(await work(type));
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, pending.length) }, worker));
  return results;
}

/** One more than the page of each collection: that is enough for the merged page and to know whether there is more. */
async function newestOf(store: Store, request: HistoryRequest, resourceType: string): Promise<PastVersion[]> {
  const limit = request.count + 1;
  const read = { projection: VERSION_PROJECTION, maxTimeMS: TIME_LIMIT_MS };
  const permission = permissionFor(request);
  const filter = (field: '_id' | 'id') => all([filterOf(request, field), afterPosition(request, resourceType, field)]);
  // Current versions first: one that is superseded meanwhile is then found in history, perhaps in both, never in none.
  const current = await store.database
    .current(resourceType)
    .find(all([filter('_id'), reachable(store.reach, permission, resourceType)]) as Filter<ResourceDocument>, read)
    .sort({ lu: -1, _id: -1 })
    .limit(limit)
    .toArray();
  const sort: Sort = request.id === undefined ? { lu: -1, id: -1 } : { id: 1, v: -1 };
  const superseded: HistoryDocument[] = await findSuperseded(
    store,
    { permission, resourceType },
    {
      filter: filter('id'),
      sort,
      limit,
    },
  );
  return [...current, ...superseded].map((document) => toPastVersion(resourceType, document));
}

const toPastVersion = (resourceType: string, document: AnyVersionDocument): PastVersion => ({
  stored: toStored(resourceType, document),
  creates: document.v === 1 || document.re === true,
});

/** @param field what holds the id: `_id` of current versions, `id` of superseded ones. */
function filterOf({ id, since, at }: HistoryScope, field: '_id' | 'id'): Conditions {
  const conditions: Conditions[] = [];
  if (id !== undefined) conditions.push({ [field]: id });
  if (since) conditions.push({ lu: { $gte: since } });
  if (at) conditions.push({ lu: { $lte: at.to } });
  if (at && field === 'id') conditions.push({ to: { $gt: at.from } });
  return all(conditions);
}

/** What comes after the last version of the page before, in the order of `newestFirst`. */
function afterPosition({ after }: HistoryRequest, resourceType: string, field: '_id' | 'id'): Conditions {
  if (!after) return {};
  const { lastUpdated: lu } = after;
  if (resourceType > after.resourceType) return { lu: { $lt: lu } };
  if (resourceType < after.resourceType) return { lu: { $lte: lu } };
  return { lu: { $lte: lu }, $or: [{ lu: { $lt: lu } }, { [field]: { $lt: after.id } }] };
}

/** By time, then by type and id, all downwards: what one transaction wrote has one time. */
function newestFirst({ stored: one }: PastVersion, { stored: other }: PastVersion): number {
  const time = other.lastUpdated.getTime() - one.lastUpdated.getTime();
  if (time !== 0) return time;
  return descending(one.resourceType, other.resourceType) || descending(one.id, other.id);
}

function descending(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? 1 : -1;
}

/** A copy of the current version may lie in history after a crash, see persistence.ts. */
function isSameVersion({ stored: one }: PastVersion, other: PastVersion | undefined): boolean {
  const { resourceType, id, versionId } = other?.stored ?? {};
  return one.resourceType === resourceType && one.id === id && one.versionId === versionId;
}
