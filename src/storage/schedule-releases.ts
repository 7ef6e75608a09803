/** Releases of CDC's schedule that an operator imported, and which release is in force: in the database, for every server. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { Binary } from 'mongodb';
import type { Database } from './database.ts';

/** The texts of a release's files. */
export interface ReleaseFiles {
  readonly schedule: string;
  readonly antigens: readonly string[];
}

interface ReleaseDocument {
  /** The version: `4.65`. */
  readonly _id: string;
  /** The files as JSON, compressed; one document, so that a release is there whole or not at all. */
  readonly files: Binary;
  readonly importedAt: Date;
}

interface InForceDocument {
  readonly _id: 'schedule';
  readonly version: string;
}

const releases = ({ db }: Database) => db.collection<ReleaseDocument>('jenner_schedules');
const inForce = ({ db }: Database) => db.collection<InForceDocument>('jenner_schema');

/** Versions of the releases that were imported, in no order. */
export async function importedVersions(database: Database): Promise<readonly string[]> {
  const found = await releases(database)
    .find({}, { projection: { _id: 1 } })
    .toArray();
  return found.map(({ _id }) => _id);
}

/** Undefined where no release of that version was imported. */
export async function readRelease(database: Database, version: string): Promise<ReleaseFiles | undefined> {
  const found = await releases(database).findOne({ _id: version });
  return found ? (JSON.parse(gunzipSync(found.files.buffer).toString()) as ReleaseFiles) : undefined;
}

/** Adds a release, or replaces one of the same version. */
export async function storeRelease(database: Database, version: string, files: ReleaseFiles): Promise<void> {
  const compressed = new Binary(gzipSync(JSON.stringify(files)));
  const document = { files: compressed, importedAt: new Date() };
  await releases(database).replaceOne({ _id: version }, document, { upsert: true });
}

/** The version that an operator put in force; undefined where nobody did. */
export async function versionInForce(database: Database): Promise<string | undefined> {
  return (await inForce(database).findOne({ _id: 'schedule' }))?.version;
}

export async function putInForce(database: Database, version: string): Promise<void> {
  await inForce(database).replaceOne({ _id: 'schedule' }, { version }, { upsert: true });
}
