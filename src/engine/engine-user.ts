/** Under whose name the database engine runs: PostgreSQL refuses to run as root (PostgreSQL 18, section 18.1). */
import { chownSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { runCommand } from './child-process.ts';

export interface EngineUser {
  readonly uid: number;
  readonly gid: number;
  /** The one power of root it keeps, where the folders lie below a directory that only root may enter. */
  readonly capability?: Capability;
}

type Capability = 'dac_read_search' | 'dac_override';

const FALLBACK_ID = 65_534;

function nobody(): EngineUser {
  const entry = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  return entry ? { uid: Number(entry[1]), gid: Number(entry[2]) } : { uid: FALLBACK_ID, gid: FALLBACK_ID };
}

/**
 * Who the engine has to be: undefined for the user we are; for root the owner of the data folder where that is another
 * user, else nobody.
 */
export function engineUserFor(dataFolder: string): EngineUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(dataFolder, { throwIfNoEntry: false });
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : nobody();
}

/** Makes a folder that only the engine's user may enter. */
export function makePrivateFolder(path: string, user: EngineUser | undefined): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (user) chownSync(path, user.uid, user.gid);
  return path;
}

async function succeeds(user: EngineUser, script: string, ...args: readonly string[]): Promise<boolean> {
  const result = await runCommand({ command: 'sh', args: ['-c', script, 'sh', ...args], user, deathSignal: 'KILL' });
  return result.code === 0;
}

/** Whether that user can run a program of ours, without any power of root: PostgreSQL asks for itself by access(2). */
export async function canRun(user: EngineUser | undefined, program: string): Promise<boolean> {
  return !user || succeeds({ uid: user.uid, gid: user.gid }, '"$1" --version', program);
}

const WRITE_INTO_EACH = 'for folder; do : >"$folder/.reach" && rm "$folder/.reach" || exit 1; done';

/** The user with the least power that can write the folders, already made and given to it. Rejects where none does. */
export async function userThatReaches(
  user: EngineUser | undefined,
  folders: readonly string[],
): Promise<EngineUser | undefined> {
  if (!user) return undefined;
  const { uid, gid } = user;
  const capabilities: readonly (Capability | undefined)[] = [undefined, 'dac_read_search', 'dac_override'];
  for (const capability of capabilities) {
    const candidate = { uid, gid, ...(capability && { capability }) };
    if (await succeeds(candidate, WRITE_INTO_EACH, ...folders)) return candidate;
  }
  throw new Error(
    `Jenner runs as root, the database engine must not, and user ${uid} cannot reach ${folders.join(' and ')}. ` +
      'Run Jenner as an ordinary user, or choose a data folder that others may pass through (JENNER_DATA_DIR).',
  );
}
