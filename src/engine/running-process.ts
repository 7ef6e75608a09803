/** A child process with a log, an orderly way to end it, and a last resort (signal(7)). */
import type { ChildProcess } from 'node:child_process';
import { closeSync, fchownSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './at-exit.ts';
import { type Command, spawnGuarded } from './child-process.ts';
import type { RunningProcess } from './supervise.ts';

export interface LoggedProcess extends RunningProcess {
  hasEnded(): boolean;
  /** The last lines it wrote. */
  lastWords(): string;
}

export interface StopSignals {
  /** Ends it in order. */
  readonly orderly: NodeJS.Signals;
  /** Ends it at once; its data stay sound. */
  readonly immediate: NodeJS.Signals;
}

export interface LoggedCommand extends Command {
  readonly log: string;
  readonly stop: StopSignals;
}

const LONGEST_LOG = 5 * 1024 * 1024;
const ORDERLY_MS = 30_000;
const IMMEDIATE_MS = 5_000;
const LAST_LINES = 6;

function openLog({ log, user }: LoggedCommand): number {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LONGEST_LOG) truncateSync(log);
  const file = openSync(log, 'a', 0o600);
  // The owner of the data can then use the folder without root, too.
  if (user) fchownSync(file, user.uid, user.gid);
  return file;
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  // Where a shell guards the child, closing its pipe passes the death signal on.
  child.stdin?.end();
  if (!child.stdin && child.exitCode === null && child.signalCode === null) child.kill(name);
}

async function endsWithin(ended: Promise<string>, milliseconds: number): Promise<boolean> {
  const patience = new AbortController();
  const limit = sleep(milliseconds, 'late', { signal: patience.signal }).catch(() => 'late');
  const first = await Promise.race([ended.then(() => 'ended'), limit]);
  patience.abort();
  return first === 'ended';
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, name) => resolve(name ? `signal ${name}` : `code ${code}`));
  });
}

/** Starts a child that writes to a log file. */
export function startLogged(command: LoggedCommand): LoggedProcess {
  const log = openLog(command);
  const before = statSync(command.log).size;
  const child = spawnGuarded(command, log);
  closeSync(log);
  const withdraw = atExit(() => signal(child, command.stop.orderly));
  const state = { ended: false };
  const ended = endOf(child).then((how) => {
    state.ended = true;
    withdraw();
    return how;
  });
  return {
    pid: child.pid ?? 0,
    ended,
    hasEnded: () => state.ended,
    lastWords: () =>
      readFileSync(command.log).subarray(before).toString().trim().split('\n').slice(-LAST_LINES).join('\n'),
    stop: async () => {
      for (const [name, patience] of [
        [command.stop.orderly, ORDERLY_MS],
        [command.stop.immediate, IMMEDIATE_MS],
        ['SIGKILL', IMMEDIATE_MS],
      ] as const) {
        if (state.ended) return;
        signal(child, name);
        if (await endsWithin(ended, patience)) return;
      }
    },
  };
}
