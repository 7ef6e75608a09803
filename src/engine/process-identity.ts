/** Names a process so that neither a reused process id, a reboot nor a container is mistaken for it (Linux proc(5)). */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  readonly pid: number;
  /** When the process began, in the kernel's own words: compared, never read. */
  readonly startedAt: string;
  /** The boot of the machine. */
  readonly boot: string;
  /** The namespace in which the process id has its meaning. */
  readonly pidNamespace: string;
}

function textOr(read: () => string, otherwise: string): string {
  try {
    return read().trim();
  } catch {
    return otherwise;
  }
}

/** The fields of /proc/<pid>/stat after the name: the state first, the start time in clock ticks as the twentieth. */
function processStat(pid: number): readonly string[] {
  const stat = textOr(() => readFileSync(`/proc/${pid}/stat`, 'latin1'), '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function startFromProc(pid: number): string | undefined {
  const [state, ...rest] = processStat(pid);
  // A zombie holds nothing any more, it only waits to be collected.
  return !state || state === 'Z' || state === 'X' ? undefined : rest[18];
}

function startFromPs(pid: number): string | undefined {
  const ask = (): string =>
    execFileSync('ps', ['-o', 'stat=,lstart=', '-p', `${pid}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const [state, ...started] = textOr(ask, '').split(/\s+/);
  return !state || state.startsWith('Z') ? undefined : started.join(' ');
}

/** When a process of this namespace began; undefined when there is none with this id, or only its remains. */
export function processStart(pid: number): string | undefined {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
}

export function currentBoot(): string {
  return textOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'), hostname());
}

export function currentPidNamespace(): string {
  return textOr(() => readlinkSync('/proc/self/ns/pid'), hostname());
}

export function ownIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    startedAt: processStart(process.pid) ?? '',
    boot: currentBoot(),
    pidNamespace: currentPidNamespace(),
  };
}

/** `unknown`: the process belongs to another namespace or boot, so its id says nothing here. */
export function livenessOf(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (identity.boot !== currentBoot() || identity.pidNamespace !== currentPidNamespace()) return 'unknown';
  return processStart(identity.pid) === identity.startedAt ? 'alive' : 'dead';
}
