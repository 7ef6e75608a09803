/** Child processes that never outlive this one, whatever ends it (prctl(2) PR_SET_PDEATHSIG by setpriv(1)). */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { EngineUser } from './engine-user.ts';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  /** What the child gets when this process dies without a word. */
  readonly deathSignal: 'INT' | 'TERM' | 'KILL';
  readonly user?: EngineUser | undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of every child: nothing of ours leaks into it, and its words are the same everywhere. */
export const CHILD_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** The path of a program in a search path; undefined when it is not installed. */
export function findProgram(name: string, searchPath: string = CHILD_ENVIRONMENT['PATH'] ?? ''): string | undefined {
  return searchPath
    .split(delimiter)
    .filter((directory) => directory.startsWith('/'))
    .map((directory) => join(directory, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function userArguments(user: EngineUser | undefined): readonly string[] {
  if (!user) return [];
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const { capability } = user;
  return capability ? [...identity, `--inh-caps=+${capability}`, `--ambient-caps=+${capability}`] : identity;
}

/** Where there is no setpriv (macOS), a shell holds our end of a pipe: it closes when we die, and the child is ended. */
const PIPE_GUARD = `exec 3<&0; signal=$1; shift
"$@" </dev/null 3<&- & child=$!
{ cat <&3 >/dev/null; kill -"$signal" "$child" 2>/dev/null; } &
exec 3<&-; wait "$child"`;

export interface GuardedCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** `pipe`: the child ends when this end of its input closes. */
  readonly input: 'ignore' | 'pipe';
}

/** The command line by which a child is bound to our life, with setpriv (its path) or without. */
export function guardCommand(command: Command, setpriv: string | undefined): GuardedCommand {
  const { deathSignal } = command;
  const own = [command.command, ...command.args];
  if (!setpriv) return { program: '/bin/sh', args: ['-c', PIPE_GUARD, 'sh', deathSignal, ...own], input: 'pipe' };
  const args = ['--pdeathsig', deathSignal, ...userArguments(command.user), '--', ...own];
  return { program: setpriv, args, input: 'ignore' };
}

/** Starts a child in a session of its own (so that Ctrl-C reaches it through us, in order) that ends when we do. */
export function spawnGuarded(command: Command, output: 'pipe' | number): ChildProcess {
  const { program, args, input } = guardCommand(command, findProgram('setpriv'));
  const options: SpawnOptions = {
    env: command.env ?? CHILD_ENVIRONMENT,
    stdio: [input, output, output],
    detached: true,
    ...(command.cwd ? { cwd: command.cwd } : {}),
  };
  return spawn(program, args, options);
}

/** Runs a command to its end; `onOutput` sees its standard output in chunks instead of the result. */
export function runCommand(command: Command, onOutput?: (chunk: string) => void): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawnGuarded(command, 'pipe');
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      if (onOutput) onOutput(chunk);
      else stdout += chunk;
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-16_000);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs a command that has to succeed; the error carries what it said last. */
export async function runOrThrow(command: Command, onOutput?: (chunk: string) => void): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, onOutput);
  if (code === 0) return stdout;
  const said = `${stdout.slice(-2_000)}\n${stderr.slice(-2_000)}`.trim();
  throw new Error(`${command.command} ${command.args[0] ?? ''} ended with ${code ?? 'a signal'}: ${said}`);
}
