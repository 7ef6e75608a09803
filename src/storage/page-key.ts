/** The key that seals page links: made once per database, so that every server on it can open them, also after restarts. */
import { randomBytes } from 'node:crypto';
import { Binary } from 'mongodb';
import type { Database } from './database.ts';

const KEY_BYTES = 32;

interface KeyRecord {
  readonly _id: string;
  readonly key: Binary;
}

export async function loadPageKey(database: Database): Promise<Buffer> {
  const keys = database.db.collection<KeyRecord>('jenner_keys');
  const known = await keys.findOne({ _id: 'page' });
  if (known) return Buffer.from(known.key.buffer);
  // An upsert: of several servers that start on a new database at once, one makes the key and all use it.
  const fresh = { $setOnInsert: { key: new Binary(randomBytes(KEY_BYTES)) } };
  await keys.updateOne({ _id: 'page' }, fresh, { upsert: true }).catch(() => undefined);
  const made = await keys.findOne({ _id: 'page' });
  if (!made) throw new Error('The key for page links could not be stored.');
  return Buffer.from(made.key.buffer);
}
