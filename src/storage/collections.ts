/** Makes the collections and indexes that the definitions call for, once per change of the definitions. */
import { createHash } from 'node:crypto';
import type { IndexSpecification } from 'mongodb';
import type { Definitions } from '../definitions/load.ts';
import type { Database } from './database.ts';

interface SchemaRecord {
  readonly _id: 'schema';
  readonly indexes: string;
}

/** Of superseded versions: those of one resource, and those of all by time, ids of one instant in order. */
const HISTORY_INDEXES: { readonly key: Record<string, 1 | -1> }[] = [
  { key: { id: 1, v: -1 } },
  { key: { lu: 1, id: 1 } },
];

/** How many collections are prepared at a time: enough to hide round trips, few enough to share a small machine. */
const AT_A_TIME = 4;
const NAMESPACE_EXISTS = 48;

/**
 * Prepares every collection before the first request, since neither collections nor indexes may come into being inside
 * a transaction. Costs one read when nothing changed.
 */
export async function prepareCollections(database: Database, definitions: Definitions): Promise<void> {
  const records = database.db.collection<SchemaRecord>('jenner_schema');
  const wanted = fingerprint(definitions);
  if ((await records.findOne({ _id: 'schema' }))?.indexes === wanted) return;
  const pending = [...definitions.resourceTypes];
  const worker = async () => {
    for (let type = pending.pop(); type; type = pending.pop()) await prepareType(database, definitions, type);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  await database.db.collection('jenner_claims').createIndex({ at: 1 }, { expireAfterSeconds: 3600 });
  await records.replaceOne({ _id: 'schema' }, { indexes: wanted }, { upsert: true });
}

async function prepareType(database: Database, definitions: Definitions, resourceType: string): Promise<void> {
  const specifications = definitions
    .indexes(resourceType)
    .map((keys) => ({ key: new Map(keys) as IndexSpecification }));
  await database.current(resourceType).createIndexes(specifications as { key: Map<string, 1 | -1> }[]);
  await createIfMissing(database, `${resourceType}_history`);
  await database.history(resourceType).createIndexes(HISTORY_INDEXES);
}

async function createIfMissing(database: Database, name: string): Promise<void> {
  await database.db.createCollection(name).catch((error) => {
    if (error.code !== NAMESPACE_EXISTS) throw error;
  });
}

function fingerprint(definitions: Definitions): string {
  const indexes = definitions.resourceTypes.map((type) => [type, definitions.indexes(type)]);
  return createHash('sha256')
    .update(JSON.stringify([indexes, HISTORY_INDEXES]))
    .digest('hex');
}
