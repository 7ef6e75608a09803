/** A lock file that names its owner: it outlives neither a reboot nor a kill -9 of that owner (open(2) O_EXCL). */
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './at-exit.ts';
import { livenessOf, ownIdentity, type ProcessIdentity } from './process-identity.ts';

export interface LockRecord extends ProcessIdentity {
  /** Where the owner can be reached, once it can. */
  readonly uri?: string;
}

export interface OwnerLock {
  readonly kind: 'held';
  /** Tells others where the owner can be reached. */
  publish(uri: string): void;
  release(): void;
}

/** Somebody else has the lock. */
export interface LockBusy {
  readonly kind: 'busy';
  readonly owner: LockRecord | undefined;
}

export interface LockOptions {
  /** Milliseconds to wait for an owner that may be ending. */
  readonly waitMs: number;
  readonly onWait?: (owner: LockRecord | undefined) => void;
}

const RETRY_MS = 50;
/** An owner touches its lock at this pace, so that others see a life they cannot look up: another container's, another machine's. */
const HEARTBEAT_MS = 1_000;
const SILENCE_MS = 3_500;
/** A file without readable content is being written, or its writer died at it. */
const WRITING_MS = 2_000;

/** What the lock file says; undefined when there is none or nothing readable in it. */
export function readLock(path: string): LockRecord | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return record !== null && typeof record === 'object' && 'pid' in record ? (record as LockRecord) : undefined;
  } catch {
    return undefined;
  }
}

function modifiedAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

function createExclusively(path: string, record: LockRecord): boolean {
  try {
    writeFileSync(path, JSON.stringify(record), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Remembers when each sign of life was first seen, by this process's own clock. */
type Watch = { modified: number | undefined; since: number };

function isAbandoned(path: string, watch: Watch): boolean {
  const modified = modifiedAt(path);
  if (modified !== watch.modified) Object.assign(watch, { modified, since: Date.now() });
  const silentFor = Date.now() - watch.since;
  const record = readLock(path);
  if (!record) return silentFor > WRITING_MS;
  const liveness = livenessOf(record);
  return liveness === 'unknown' ? silentFor > SILENCE_MS : liveness === 'dead';
}

/**
 * Puts our record in the place of a dead owner's. Two who found the same dead owner must not both do so: only the one
 * who holds the guard file may, and looks again before.
 */
function replaceAbandoned(path: string, record: LockRecord, watch: Watch): boolean {
  const guard = `${path}.guard`;
  if (!createExclusively(guard, record)) {
    const other = readLock(guard);
    if (other ? livenessOf(other) === 'dead' : Date.now() - (modifiedAt(guard) ?? 0) > WRITING_MS) {
      rmSync(guard, { force: true });
    }
    return false;
  }
  try {
    if (!isAbandoned(path, watch)) return false;
    writeRecord(path, record);
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

function writeRecord(path: string, record: LockRecord): void {
  const next = `${path}.${process.pid}`;
  writeFileSync(next, JSON.stringify(record), { mode: 0o600 });
  renameSync(next, path);
}

function isOurs(path: string, identity: ProcessIdentity): boolean {
  const record = readLock(path);
  return record?.pid === identity.pid && record.startedAt === identity.startedAt;
}

function hold(path: string, identity: ProcessIdentity): OwnerLock {
  const beat = (): void => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // The folder was taken away under us; the engine's own errors say more than this could.
    }
  };
  const heartbeat = setInterval(beat, HEARTBEAT_MS).unref();
  const remove = (): void => {
    clearInterval(heartbeat);
    if (isOurs(path, identity)) rmSync(path, { force: true });
  };
  const withdraw = atExit(remove);
  return {
    kind: 'held',
    publish: (uri) => writeRecord(path, { ...identity, uri }),
    release: () => {
      withdraw();
      remove();
    },
  };
}

/** Takes the lock of that path, from a dead owner too; says who has it when that does not end within the time given. */
export async function acquireLock(path: string, options: LockOptions): Promise<OwnerLock | LockBusy> {
  const identity = ownIdentity();
  const deadline = Date.now() + options.waitMs;
  const watch: Watch = { modified: undefined, since: Date.now() };
  let waited = false;
  for (;;) {
    if (createExclusively(path, identity)) return hold(path, identity);
    if (isAbandoned(path, watch) && replaceAbandoned(path, identity, watch)) return hold(path, identity);
    if (Date.now() >= deadline) return { kind: 'busy', owner: readLock(path) };
    if (!waited) options.onWait?.(readLock(path));
    waited = true;
    await sleep(RETRY_MS);
  }
}
