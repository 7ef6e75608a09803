/** Clears what a PostgreSQL that did not end in order left in its data folder (PostgreSQL 18, section 66.1: postmaster.pid). */
import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStart } from '../process-identity.ts';

const PATIENCE_MS = 15_000;
const POLL_MS = 20;

function postmasterPid(cluster: string): number | undefined {
  const path = join(cluster, 'postmaster.pid');
  if (!existsSync(path)) return undefined;
  const pid = Number(readFileSync(path, 'utf8').split('\n', 1)[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/** Whether the process lives and works in this data folder: a reused process id works elsewhere. */
function worksIn(cluster: string, pid: number): boolean {
  if (processStart(pid) === undefined) return false;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    return false;
  }
}

async function endOrphan(cluster: string, pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended meanwhile, or it is not ours to end: the loop below tells.
    }
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(POLL_MS)) {
      if (!worksIn(cluster, pid)) return;
    }
  }
  throw new Error(`PostgreSQL process ${pid} still works in ${cluster} and does not end; end it first`);
}

/**
 * Call while holding the data folder's lock: a PostgreSQL that still works in it has lost its owner and is ended in
 * order, a pid file without its process is removed.
 */
export async function clearStalePostmaster(cluster: string): Promise<void> {
  const pid = postmasterPid(cluster);
  if (pid !== undefined && worksIn(cluster, pid)) await endOrphan(cluster, pid);
  rmSync(join(cluster, 'postmaster.pid'), { force: true });
}
