/** The processes of a run: the server as users start it, the floor beside it, and the clients. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LoadOrder, LoadResult } from './load.ts';

export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  /** From the start of the process to its ready line. */
  readonly startSeconds: number;
  stop(): Promise<void>;
}

const READY = /ready: http:\/\/\S+?:(\d+)\//;
/** One that says nothing for so long doesn't start at all, in milliseconds. */
const START_LIMIT_MS = 120_000;

export interface ServerOptions {
  readonly root: URL;
  readonly environment: Readonly<Record<string, string>>;
  /** Where to leave a processor profile, if anywhere. */
  readonly profileDirectory?: string | undefined;
}

/** `npm start`, without npm. */
export const startJenner = ({ root, environment, profileDirectory }: ServerOptions): Promise<ServerProcess> => {
  const script = fileURLToPath(new URL('scripts/run.mjs', root));
  const profile = profileDirectory ? ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`] : [];
  return startServer([...profile, script, 'serve'], {
    PORT: '0',
    JENNER_DEMO: 'off',
    JENNER_LOG: 'warn',
    ...environment,
  });
};

export const startFloor = (uri: string): Promise<ServerProcess> =>
  startServer([fileURLToPath(new URL('./floor.js', import.meta.url))], { MONGODB_URI: uri });

async function startServer(
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const started = performance.now();
  const child = spawn(process.execPath, parameters, {
    env: { ...outerEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await readyPort(child);
  const startSeconds = (performance.now() - started) / 1000;
  const killed = () => child.kill('SIGKILL');
  process.once('exit', killed);
  const stop = async () => {
    process.off('exit', killed);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  return { pid: child.pid ?? 0, port, startSeconds, stop };
}

/** Without what would make the server another than the one that is meant. */
function outerEnvironment(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => !/^(npm_|JENNER_|MONGODB_URI$|PORT$|HOST$)/.test(name));
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

function readyPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const limit = setTimeout(() => fail('was not ready in time'), START_LIMIT_MS);
    const fail = (why: string) => {
      clearTimeout(limit);
      child.kill('SIGKILL');
      reject(new Error(`a process of the bench ${why}; it said: ${output}`));
    };
    child.once('error', ({ message }) => fail(message));
    child.once('exit', (code, signal) => fail(`ended (${code ?? signal})`));
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      const port = READY.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(limit);
      child.removeAllListeners('exit').stdout?.removeAllListeners('data').resume();
      resolve(Number(port));
    });
  });
}

export interface LoadGenerator {
  /** One order at a time. */
  run(order: LoadOrder): Promise<LoadResult>;
  stop(): void;
}

type Reply = { readonly result: LoadResult } | { readonly error: string };

export function startLoadGenerator(): LoadGenerator {
  const entry = fileURLToPath(new URL('./load-generator.js', import.meta.url));
  const child = fork(entry, { serialization: 'advanced' });
  return {
    run: async (order) => {
      const replied = once(child, 'message');
      child.send(order);
      const [reply] = (await replied) as [Reply];
      if ('error' in reply) throw new Error(reply.error);
      return reply.result;
    },
    stop: () => child.disconnect(),
  };
}

export interface ProcessUse {
  readonly residentBytes: number;
  readonly cpuSeconds: number;
}

/** Clock ticks a second in /proc, the same on every Linux that Node runs on. */
const TICKS = 100;

/** What a process uses by now; undefined where the system has no /proc. */
export function processUse(pid: number): ProcessUse | undefined {
  try {
    // The second field is a name in parentheses and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return {
      residentBytes: Number(resident) * 1024,
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
    };
  } catch {
    return undefined;
  }
}
