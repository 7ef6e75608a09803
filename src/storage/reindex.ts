/**
 * Search fields made anew after the search definitions changed, while the server serves: a resource stored under other
 * definitions carries their number in `sv` (docs/storage.md). Its version, its time and its text stay as they are.
 */
import { type AnyBulkWriteOperation, type BulkWriteResult, MongoBulkWriteError } from 'mongodb';
import type { ResourceDocument } from './database.ts';
import { reindexed, VERSION_PROJECTION } from './resource-document.ts';
import type { Store } from './versions.ts';

/** What a run came to. */
export interface ReindexResult {
  /** Documents whose search fields were made anew. */
  readonly rewritten: number;
  /** Documents that the database refused to write; they keep the search fields that they had. */
  readonly failed: number;
  /** False where the signal ended it; the next run goes on where this one stopped. */
  readonly finished: boolean;
}

/** How far the re-indexing for one number of the search definitions has come. */
interface Progress {
  readonly _id: 'reindex';
  readonly searchSchema: number;
  /** Types that are done. */
  readonly done: readonly string[];
  /** The type being worked on, and the last id of it that is done. */
  readonly at?: { readonly resourceType: string; readonly id: string };
}

/** Documents read and written at a time: little enough that requests hardly wait for it. */
const BATCH = 200;

/** Brings every document up to the definitions of this server. Costs one read where all are. */
export async function reindex(store: Store, signal: AbortSignal): Promise<ReindexResult> {
  let progress = await loadProgress(store);
  let [rewritten, failed] = [0, 0];
  for (let type = nextType(store, progress); type !== undefined; type = nextType(store, progress)) {
    if (signal.aborted) return { rewritten, failed, finished: false };
    const batch = await reindexBatch(store, type, progress.at?.resourceType === type ? progress.at.id : undefined);
    rewritten += batch.rewritten;
    failed += batch.failed;
    progress = await saveProgress(store, advance(progress, type, batch.last));
  }
  return { rewritten, failed, finished: true };
}

const nextType = ({ definitions }: Store, { done }: Progress): string | undefined =>
  definitions.resourceTypes.find((resourceType) => !done.includes(resourceType));

/** @param last the id up to which the type is done; undefined where all of it is. */
function advance({ at: _before, ...progress }: Progress, resourceType: string, last: string | undefined): Progress {
  if (last !== undefined) return { ...progress, at: { resourceType, id: last } };
  return { ...progress, done: [...progress.done, resourceType] };
}

const progressOf = ({ database }: Store) => database.db.collection<Progress>('jenner_schema');

/** Progress for other definitions counts for nothing. */
async function loadProgress(store: Store): Promise<Progress> {
  const { searchSchema } = store.definitions;
  const known = await progressOf(store).findOne({ _id: 'reindex' });
  return known?.searchSchema === searchSchema ? known : { _id: 'reindex', searchSchema, done: [] };
}

async function saveProgress(store: Store, progress: Progress): Promise<Progress> {
  const { _id, ...fields } = progress;
  await progressOf(store).replaceOne({ _id }, fields, { upsert: true });
  return progress;
}

interface BatchResult {
  readonly rewritten: number;
  readonly failed: number;
  /** Undefined where there is no more. */
  readonly last: string | undefined;
}

async function reindexBatch(store: Store, resourceType: string, after: string | undefined): Promise<BatchResult> {
  const outdated = { sv: { $ne: store.definitions.searchSchema } };
  const filter = after === undefined ? outdated : { ...outdated, _id: { $gt: after } };
  const collection = store.database.current(resourceType);
  const documents = await collection
    .find(filter, { projection: { ...VERSION_PROJECTION, sv: 1 } })
    .sort({ _id: 1 })
    .limit(BATCH)
    .toArray();
  if (documents.length === 0) return { rewritten: 0, failed: 0, last: undefined };
  const writes = documents.map((document) => toWrite(store, resourceType, document));
  const written = await collection.bulkWrite(writes, { ordered: false }).catch(refusedWrites);
  return { ...counts(written), last: documents.at(-1)?._id };
}

/** Single documents may be refused, by an index that their new fields don't fit; the others are written. */
function refusedWrites(error: unknown): MongoBulkWriteError {
  if (error instanceof MongoBulkWriteError && [error.writeErrors].flat().length > 0) return error;
  throw error;
}

const counts = (written: BulkWriteResult | MongoBulkWriteError) => ({
  rewritten: written.matchedCount,
  failed: written instanceof MongoBulkWriteError ? [written.writeErrors].flat().length : 0,
});

/** A document that a request changed in the meantime has its new search fields from there. */
function toWrite(
  store: Store,
  resourceType: string,
  document: ResourceDocument,
): AnyBulkWriteOperation<ResourceDocument> {
  const filter = { _id: document._id, v: document.v, sv: document.sv };
  return { replaceOne: { filter, replacement: reindexed(store, resourceType, document) } };
}
