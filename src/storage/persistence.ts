/**
 * Reading and writing single resources: every write is a compare-and-set on the version (FHIR R4,
 * http.html#concurrency).
 *
 * A superseded version is copied into history before the current one is replaced, so a crash between the two leaves a
 * copy that readers pass over, never a gap; no transaction is needed for a single resource.
 */
import type { Filter } from 'mongodb';
import { v7 as uuid } from 'uuid';
import type { Permission } from '../auth/scope.ts';
import { conflict, gone, notFound } from '../fhir/error.ts';
import type { Edit } from '../fhir/patch.ts';
import type { ResourceContent } from '../fhir/resource-content.ts';
import type { StoredResource, WriteResult } from '../fhir/stored-resource.ts';
import type { HistoryDocument, ResourceDocument } from './database.ts';
import { isDuplicateKey } from './database-errors.ts';
import { inTurn } from './in-turn.ts';
import { reachable } from './reach.ts';
import { historyId, toHistoryDocument, toStored, VERSION_PROJECTION } from './resource-document.ts';
import { untilWon } from './retry.ts';
import { all } from './search/combine.ts';
import { isVersionReachable } from './superseded.ts';
import {
  checkChosenId,
  checkMatch,
  firstVersion,
  isSameContent,
  nextTombstone,
  nextVersion,
  type Store,
  type WriteTarget,
} from './versions.ts';

/** Attempts of a write that keeps losing against others before it gives up with 409. */
const ATTEMPTS = 30;

/** Time-ordered ids (RFC 9562, version 7): new resources go to the end of the index and page in order of creation. */
export const newId = (): string => uuid();

/** Stores a new resource under a new id. */
export async function create(store: Store, content: ResourceContent): Promise<WriteResult> {
  const document = firstVersion(store, content, newId());
  await store.database.current(content.resourceType).insertOne(document);
  return { outcome: 'created', stored: toStored(content.resourceType, document) };
}

/** The current version. @throws FhirError 404, or 410 where a delete left a tombstone. */
export async function read(store: Store, resourceType: string, id: string): Promise<StoredResource> {
  return existing({ resourceType, id }, await findCurrent(store, { resourceType, id }, 'r'));
}

/** The same of what a condition found: it is answered to whoever may search for it. */
export async function readFound(store: Store, target: WriteTarget): Promise<StoredResource> {
  return existing(target, await findCurrent(store, target, 's'));
}

/** What a document holds of a resource that is there. @throws FhirError 404, or 410 for a tombstone */
export function existing({ resourceType, id }: WriteTarget, document: ResourceDocument | null): StoredResource {
  if (!document) throw notFound(`${resourceType}/${id} is not known.`);
  if (document.del) throw gone(`${resourceType}/${id} was deleted.`);
  return toStored(resourceType, document);
}

/** One version, current or superseded. @throws FhirError 404, or 410 for the version that is a deletion. */
export async function vread(store: Store, target: WriteTarget, versionId: string): Promise<StoredResource> {
  const { resourceType, id } = target;
  const current = await findCurrent(store, target, 'r');
  const document =
    current && String(current.v) === versionId ? current : await findSuperseded(store, target, versionId);
  if (!document) throw notFound(`${resourceType}/${id} has no version ${versionId}.`);
  if (document.del) throw gone(`Version ${versionId} of ${resourceType}/${id} is its deletion.`);
  return toStored(resourceType, document);
}

/** Each version is within reach or not by what it says itself, whatever became of the resource. */
async function findSuperseded(
  store: Store,
  { resourceType, id }: WriteTarget,
  versionId: string,
): Promise<HistoryDocument | null> {
  const document = await store.database.history(resourceType).findOne({ _id: historyId(id, versionId) });
  return document && isVersionReachable(store, { permission: 'r', resourceType }, document) ? document : null;
}

/** Replaces the content, or creates it under the id that the client chose; identical content changes nothing. */
export async function update(store: Store, target: WriteTarget, content: ResourceContent): Promise<WriteResult> {
  return untilSet(store, target, async () => {
    const current = await findCurrent(store, target, 'u');
    checkChosenId(store, target, current);
    checkMatch(target, current);
    return setVersion(store, target, { current, content });
  });
}

/** Undefined where another writer was faster. */
async function setVersion(
  store: Store,
  target: WriteTarget,
  change: { readonly current: ResourceDocument | null; readonly content: ResourceContent },
): Promise<WriteResult | undefined> {
  const { resourceType } = target;
  const { current } = change;
  const next = nextVersion(store, target, change);
  if (current && isSameContent(resourceType, current, next)) return written('unchanged', resourceType, current);
  const isSet = await (current ? replaceVersion(store, target, { current, next }) : insertFirst(store, target, next));
  return isSet ? written(outcomeOf(current), resourceType, next) : undefined;
}

/** Changes what is there; a patch that changes nothing makes no version. @throws FhirError 404 or 410 */
export async function patch(store: Store, target: WriteTarget, edit: Edit): Promise<WriteResult> {
  return untilSet(store, target, async () => {
    const current = await findCurrent(store, target, 'u');
    checkChosenId(store, target, current);
    checkMatch(target, current);
    const content = edit(existing(target, current));
    return setVersion(store, target, { current, content });
  });
}

/** Leaves a tombstone. Deleting what is not there, or no more, succeeds and changes nothing: undefined. */
export async function remove(store: Store, target: WriteTarget): Promise<WriteResult | undefined> {
  const result = await untilSet<WriteResult | 'nothing'>(store, target, async () => {
    const current = await findCurrent(store, target, 'd');
    checkMatch(target, current);
    if (!current || current.del) return 'nothing';
    const next = nextTombstone(store, target, current);
    const replaced = await replaceVersion(store, target, { current, next });
    return replaced ? written('deleted', target.resourceType, next) : undefined;
  });
  return result === 'nothing' ? undefined : result;
}

/** Repeats a compare-and-set until it wins: without `If-Match` the last writer is meant to win. */
async function untilSet<Result>(
  { database }: Store,
  { resourceType, id }: WriteTarget,
  attempt: () => Promise<Result | undefined>,
): Promise<Result> {
  const result = await inTurn(database, [`${resourceType}/${id}`], () => untilWon(ATTEMPTS, attempt));
  if (result !== undefined) return result;
  throw conflict(`${resourceType}/${id} is being changed by others all the time; try again.`);
}

const outcomeOf = (replaced: ResourceDocument | null) => (replaced && !replaced.del ? 'updated' : 'created');

const written = (outcome: WriteResult['outcome'], resourceType: string, document: ResourceDocument): WriteResult => ({
  outcome,
  stored: toStored(resourceType, document),
});

/** What is out of reach is not found. */
function findCurrent(
  { database, reach }: Store,
  { resourceType, id }: WriteTarget,
  permission: Permission,
): Promise<ResourceDocument | null> {
  const filter = all([{ _id: id }, reachable(reach, permission, resourceType)]) as Filter<ResourceDocument>;
  return database.current(resourceType).findOne(filter, { projection: VERSION_PROJECTION });
}

/** False where another writer put a first version there in the meantime. */
function insertFirst(store: Store, { resourceType }: WriteTarget, document: ResourceDocument): Promise<boolean> {
  return store.database.current(resourceType).insertOne(document).then(won, lostToDuplicate);
}

interface Replacement {
  readonly current: ResourceDocument;
  readonly next: ResourceDocument;
}

/** False where another writer replaced the version in the meantime. */
async function replaceVersion(store: Store, target: WriteTarget, { current, next }: Replacement): Promise<boolean> {
  const { resourceType, id } = target;
  const history = store.database.history(resourceType);
  const copy = toHistoryDocument(current, next.lu);
  // A copy that is there already is of the same version: a slower writer, or one that crashed, left it.
  const isFirst = await history.insertOne(copy).then(won, lostToDuplicate);
  if (!isFirst) await history.updateOne({ _id: copy._id }, { $max: { to: next.lu } });
  const result = await store.database.current(resourceType).replaceOne({ _id: id, v: current.v }, next);
  return result.matchedCount === 1;
}

const won = (): boolean => true;

function lostToDuplicate(error: unknown): boolean {
  if (isDuplicateKey(error)) return false;
  throw error;
}
