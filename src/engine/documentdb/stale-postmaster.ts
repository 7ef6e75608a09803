/** Clears what a PostgreSQL that did not end in order left behind (PostgreSQL 18, section 66.1: postmaster.pid). */
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStart } from '../process-identity.ts';

const POLL_MS = 20;
/** In order, at once, by force; each with the milliseconds that it is given. */
const POSTMASTER_SIGNALS = [
  ['SIGINT', 15_000],
  ['SIGQUIT', 5_000],
] as const;
const BACKEND_SIGNALS = [
  ['SIGTERM', 2_000],
  ['SIGQUIT', 2_000],
  ['SIGKILL', 5_000],
] as const;

function postmasterPid(pidFile: string): number | undefined {
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether this is a living process of PostgreSQL in this data folder: a reused process id is not, nor is a shell there. */
function worksIn(cluster: string, pid: number): boolean {
  try {
    const isThere = readlinkSync(`/proc/${pid}/cwd`) === cluster && processStart(pid) !== undefined;
    return isThere && /(?:^|\/)postgres[:\0]/.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
  } catch {
    return false;
  }
}

function processesIn(cluster: string): readonly number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => worksIn(cluster, pid));
}

async function end(
  cluster: string,
  pids: readonly number[],
  signals: readonly (readonly [NodeJS.Signals, number])[],
): Promise<void> {
  let left = pids;
  for (const [name, patience] of signals) {
    for (const pid of left) signal(pid, name);
    for (const deadline = Date.now() + patience; left.length > 0 && Date.now() < deadline; await sleep(POLL_MS)) {
      left = left.filter((pid) => worksIn(cluster, pid));
    }
  }
  if (left.length > 0) throw new Error(`PostgreSQL processes ${left.join(', ')} work in ${cluster} and do not end`);
}

/**
 * Call while holding the data folder's lock: a PostgreSQL that still works in it has lost its owner and is ended in
 * order; then what has lost its postmaster. The pid file is removed only where PostgreSQL would mistake another process,
 * or a zombie, for its owner: in all other cases PostgreSQL makes more of it than we could.
 */
export async function clearStalePostmaster(cluster: string): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const folder = realpathSync(cluster);
  const pid = postmasterPid(pidFile);
  if (pid !== undefined && worksIn(folder, pid)) await end(folder, [pid], POSTMASTER_SIGNALS);
  await end(folder, processesIn(folder), BACKEND_SIGNALS);
  if (pid === undefined || signal(pid, 0)) rmSync(pidFile, { force: true });
}
