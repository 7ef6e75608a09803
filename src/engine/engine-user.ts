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

export interface UserNeeds {
  readonly program: string;
  /** Folders it must be able to write, already made and given to it. */
  readonly folders: readonly string[];
}

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

/**
 * Asks for the program by access(2), as PostgreSQL does, which leaves capabilities out of account; writes into the
 * folders, as PostgreSQL does, where capabilities count.
 */
const REACH = `program=$1; shift; [ -x "$program" ] || exit 1
for folder; do : >"$folder/.reach" && rm "$folder/.reach" || exit 1; done
exec "$program" --version`;

async function canReach(user: EngineUser, needs: UserNeeds): Promise<boolean> {
  const args = ['-c', REACH, 'sh', needs.program, ...needs.folders];
  const result = await runCommand({ command: 'sh', args, user, deathSignal: 'KILL' });
  return result.code === 0;
}

/** The user with the least power that reaches all it needs. Rejects with advice where none does. */
export async function userThatReaches(user: EngineUser | undefined, needs: UserNeeds): Promise<EngineUser | undefined> {
  if (!user) return undefined;
  const candidates: readonly EngineUser[] = [
    { uid: user.uid, gid: user.gid },
    { ...user, capability: 'dac_read_search' },
    { ...user, capability: 'dac_override' },
  ];
  for (const candidate of candidates) if (await canReach(candidate, needs)) return candidate;
  throw new Error(
    `Jenner runs as root, the database engine must not, and user ${user.uid} cannot reach ${needs.folders.join(', ')} ` +
      `or run ${needs.program}. Run Jenner as an ordinary user, or choose folders that others may enter ` +
      '(JENNER_DATA_DIR, JENNER_CACHE_DIR) and a cache that is not mounted noexec.',
  );
}
