/** The records of the authorization server in one MongoDB collection: ids as hashes, single use decided by the database (RFC 6749, 10.5). */
import { createHash } from 'node:crypto';
import type { Collection, Db } from 'mongodb';
import type {
  FoundRecord,
  NewRecord,
  RecordKind,
  RecordLinks,
  RecordStore,
} from '../authorization-server/record-store.ts';

interface RecordDocument {
  readonly _id: string;
  readonly kind: RecordKind;
  /** JSON text: names in it may hold dots and dollars. */
  readonly content: string;
  readonly uid?: string;
  readonly grant?: string;
  readonly account?: string;
  readonly expiresAt?: Date;
  readonly consumedAt?: Date;
  readonly n?: number;
}

const COLLECTION = 'jenner_authorization';
const DUPLICATE_KEY = 11000;

/** Makes the collection's indexes where they are missing. */
export async function prepareRecords(db: Db): Promise<void> {
  await db.collection(COLLECTION).createIndexes([
    // The database removes what is over within a minute or so; until then it is not found either.
    { key: { expiresAt: 1 }, expireAfterSeconds: 0 },
    { key: { kind: 1, grant: 1 } },
    { key: { kind: 1, account: 1 } },
    { key: { kind: 1, uid: 1 } },
  ]);
}

export function mongoRecords(db: Db): RecordStore {
  const records = db.collection<RecordDocument>(COLLECTION);
  return {
    put: async (kind, id, record) => {
      const { _id, ...fields } = toDocument(kind, id, record);
      await records.replaceOne({ _id }, fields, { upsert: true });
    },
    insert: (kind, id, record) => insertOnce(records, toDocument(kind, id, record)),
    find: async (kind, id) => toFound(await records.findOne({ _id: keyOf(kind, id), ...alive() })),
    findLinked: async (kind, link, value) => allOf(records, { kind, [link]: keyOf(link, value) }),
    list: async (kind) => allOf(records, { kind }),
    consume: async (kind, id) => {
      const unused = { _id: keyOf(kind, id), consumedAt: { $exists: false }, ...alive() };
      return (await records.updateOne(unused, { $set: { consumedAt: new Date() } })).modifiedCount === 1;
    },
    delete: async (kind, id) => {
      await records.deleteOne({ _id: keyOf(kind, id) });
    },
    deleteLinked: async (kind, link, value) => {
      await records.deleteMany({ kind, [link]: keyOf(link, value) });
    },
    count: async (kind, id, expiresAt) => {
      const made = { kind, content: '{}', expiresAt };
      const change = { $inc: { n: 1 }, $setOnInsert: made };
      const options = { upsert: true, returnDocument: 'after' } as const;
      return (await records.findOneAndUpdate({ _id: keyOf(kind, id) }, change, options))?.n ?? 0;
    },
  };
}

/** What is stored of an id: it may be a token, and who reads the database must not be able to use it. */
const keyOf = (kind: string, id: string): string => createHash('sha256').update(`${kind}\n${id}`).digest('base64url');

const alive = () => ({ $or: [{ expiresAt: { $exists: false } }, { expiresAt: { $gt: new Date() } }] });

function toDocument(kind: RecordKind, id: string, { content, links = {}, expiresAt }: NewRecord): RecordDocument {
  const linked = Object.entries(links).filter((link): link is [keyof RecordLinks, string] => link[1] !== undefined);
  return {
    _id: keyOf(kind, id),
    kind,
    content: JSON.stringify(content),
    ...Object.fromEntries(linked.map(([name, value]) => [name, keyOf(name, value)])),
    ...(expiresAt ? { expiresAt } : {}),
  };
}

function toFound(document: RecordDocument | null): FoundRecord | undefined {
  if (!document) return undefined;
  return { content: JSON.parse(document.content) as object, consumedAt: document.consumedAt };
}

async function allOf(records: Collection<RecordDocument>, filter: object): Promise<readonly FoundRecord[]> {
  const documents = await records.find({ ...filter, ...alive() }).toArray();
  return documents.flatMap((document) => toFound(document) ?? []);
}

async function insertOnce(records: Collection<RecordDocument>, document: RecordDocument): Promise<boolean> {
  try {
    await records.insertOne(document);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === DUPLICATE_KEY) return false;
    throw error;
  }
}
