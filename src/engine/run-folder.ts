/** The short-lived folder of one running engine: its sockets, and a test engine's data (unix(7): socket paths are short). */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './at-exit.ts';
import { currentBoot, livenessOf, ownIdentity, type ProcessIdentity } from './process-identity.ts';

export interface RunFolder {
  readonly path: string;
  remove(): void;
}

const PREFIX = 'jenner-engine-';
const OWNER = 'owner.json';
/** A socket path has at most 107 bytes, of which we need about 50 below this folder. */
const LONGEST_PARENT = 50;
/** A folder without a name in it belongs to a process that is just starting, unless it is older than this. */
const NAMELESS_MS = 3_600_000;

function parentFolder(): string {
  const own = tmpdir();
  return own.length <= LONGEST_PARENT ? own : '/tmp';
}

function ownerOf(folder: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, OWNER), 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

function isAbandoned(folder: string): boolean {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat || stat.uid !== process.getuid?.()) return false;
  const owner = ownerOf(folder);
  if (!owner) return Date.now() - stat.mtimeMs > NAMELESS_MS;
  // Another container may share this folder and its owner may live: only an earlier boot is certainly over.
  const liveness = livenessOf(owner);
  return liveness === 'unknown' ? owner.boot !== currentBoot() : liveness === 'dead';
}

/** Removes what killed processes left behind. */
export function clearAbandonedRunFolders(): void {
  const parent = parentFolder();
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(parent, name);
    try {
      if (isAbandoned(folder)) rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another start is clearing it at this moment, or its last process is still ending: the next start sees to it.
    }
  }
}

/** A new folder that others can pass through but not list; removed at the latest when this process exits. */
export function makeRunFolder(): RunFolder {
  const path = mkdtempSync(join(parentFolder(), PREFIX));
  writeFileSync(join(path, OWNER), JSON.stringify(ownIdentity()), { mode: 0o600 });
  chmodSync(path, 0o711);
  const remove = (): void => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  const withdraw = atExit(remove);
  return {
    path,
    remove: () => {
      withdraw();
      remove();
    },
  };
}
