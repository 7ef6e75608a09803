/** Revocations of access tokens and grants in the database, by the names that whoever revokes and whoever checks give them (RFC 7009). */
import type { Database } from './database.ts';

interface RevocationDocument {
  readonly _id: string;
  readonly at: Date;
  /** The database removes it some time after. */
  readonly until: Date;
}

/** A name, and until when a token can come that it is about: milliseconds since 1970. */
interface StoredRevocation {
  readonly key: string;
  readonly until: number;
}

const COLLECTION = 'jenner_revocations';
/** How far the clocks of two servers, or a write and its becoming visible, may lie apart: milliseconds. */
const OVERLAP_MS = 60_000;

const revocationsOf = ({ db }: Database) => db.collection<RevocationDocument>(COLLECTION);

/** Makes the collection's indexes where they are missing. */
export async function prepareRevocations(database: Database): Promise<void> {
  await revocationsOf(database).createIndexes([{ key: { until: 1 }, expireAfterSeconds: 60 }, { key: { at: 1 } }]);
}

export interface StoredRevocations {
  /** Stores a revocation; once more changes nothing but how long it is kept. */
  revoke(revocation: StoredRevocation): Promise<void>;
  /** Those stored at that instant or later, and from when on to ask the next time. */
  since(instant: number): Promise<{ readonly found: readonly StoredRevocation[]; readonly at: number }>;
}

export const storedRevocations = (database: Database): StoredRevocations => ({
  revoke: async ({ key, until }) => {
    const change = { $max: { until: new Date(until) }, $set: { at: new Date() } };
    await revocationsOf(database).updateOne({ _id: key }, change, { upsert: true });
  },
  since: async (instant) => {
    const at = Date.now() - OVERLAP_MS;
    const documents = await revocationsOf(database)
      .find({ at: { $gte: new Date(instant) } })
      .toArray();
    return { found: documents.map(({ _id, until }) => ({ key: _id, until: until.getTime() })), at };
  },
});
