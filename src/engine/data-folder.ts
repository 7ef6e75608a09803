/** The folder that keeps an embedded engine's data: one engine at a time, and always the kind that made them. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineKind } from './engine.ts';
import { acquireLock, type LockRecord, type OwnerLock, readLock } from './owner-lock.ts';
import { livenessOf } from './process-identity.ts';

const LOCK = 'engine.lock';
const RECORD = 'engine.json';
/** Longer than a killed server's engine takes to end, and than the silence by which a foreign owner is told to be dead. */
const DYING_OWNER_MS = 4_000;

/** What the folder says about itself. */
export interface DataFolderRecord {
  readonly kind: EngineKind;
}

export function readDataFolderRecord(folder: string): DataFolderRecord | undefined {
  const path = join(folder, RECORD);
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as DataFolderRecord;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${path} does not tell which engine the data belong to (${why})`);
  }
}

export function writeDataFolderRecord(folder: string, record: DataFolderRecord): void {
  const path = join(folder, RECORD);
  writeFileSync(`${path}.next`, `${JSON.stringify(record)}\n`);
  renameSync(`${path}.next`, path);
}

function busyMessage(folder: string, owner: LockRecord | undefined): string {
  const who = owner ? `process ${owner.pid}` : 'another process';
  const elsewhere = owner && livenessOf(owner) === 'unknown' ? ' of another machine or container' : '';
  return `The data folder ${folder} is in use by ${who}${elsewhere}. Stop that server first, or choose another folder with JENNER_DATA_DIR.`;
}

/** Takes the folder for this process. Rejects, naming folder and process, when another keeps it. */
export async function takeDataFolder(folder: string): Promise<OwnerLock> {
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const path = join(folder, LOCK);
  // Another part of this very process does not end by being waited for.
  const owner = readLock(path);
  const isOurs = owner?.pid === process.pid && livenessOf(owner) === 'alive';
  const waitMs = isOurs ? 0 : DYING_OWNER_MS;
  const lock = await acquireLock(path, { waitMs });
  if (lock.kind === 'busy') throw new Error(busyMessage(folder, lock.owner));
  return lock;
}

/** The connection string of the engine that another process keeps running on this folder. */
export function publishedUri(folder: string): string | undefined {
  const owner = readLock(join(folder, LOCK));
  return owner && livenessOf(owner) === 'alive' ? owner.uri : undefined;
}
