/** Watches and holds engines for the tests of this folder. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { inject } from 'vitest';
import type { EngineKind, EngineReport } from '../../../src/engine/engine.ts';
import { processStart } from '../../../src/engine/process-identity.ts';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));

export const silent: EngineReport = { step: () => undefined, progress: () => undefined };

/** The kind of engine that this run uses; undefined when a database of somebody else is tested instead. */
export function kindOfRun(): EngineKind | undefined {
  const kind = inject('engineKind');
  return kind === 'external' ? undefined : kind;
}

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'jenner-test-'));
}

/** Waits until it holds; a test that waits in vain ends by the limit of the runner. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}

export function isRunning(pid: number): boolean {
  return processStart(pid) !== undefined;
}

/** Adds one to a counter and returns it, however long the engine takes to be there. */
export async function count(uri: string): Promise<number> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 60_000 });
  try {
    const visits = client.db('engine_contract').collection<{ _id: string; n: number }>('visits');
    const options = { upsert: true, returnDocument: 'after' } as const;
    const counted = await visits.findOneAndUpdate({ _id: 'count' }, { $inc: { n: 1 } }, options);
    return counted?.n ?? 0;
  } finally {
    await client.close();
  }
}

/** The folder below the temporary one in which an engine has its sockets; undefined for an engine on TCP. */
export function runFolderOf(uri: string): string | undefined {
  return /^(.*\/jenner-engine-[^/]+)\//.exec(decodeURIComponent(new URL(uri).host))?.[1];
}

/** Compiles the engine for child processes: Node.js 20 does not run TypeScript. */
export function compileEngine(): { readonly holder: string; remove(): void } {
  const folder = makeFolder();
  const compiler = join(PROJECT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', join(folder, 'dist')], {
    cwd: PROJECT,
  });
  cpSync(join(PROJECT, 'package.json'), join(folder, 'package.json'));
  cpSync(new URL('hold-engine.mjs', import.meta.url), join(folder, 'hold-engine.mjs'));
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  return { holder: join(folder, 'hold-engine.mjs'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Holder {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly uri: string;
  readonly enginePid: number;
  /** Says a word to it; see hold-engine.mjs. */
  tell(word: 'throw' | 'exit' | 'stop'): void;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** A child process of Node.js that keeps an engine running on the folder. */
export async function holdEngine(holder: string, folder: string, kind: EngineKind): Promise<Holder> {
  const child = spawn(process.execPath, [holder, folder, kind], { stdio: ['pipe', 'pipe', 'ignore'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { uri, enginePid } = JSON.parse(line) as { uri: string; enginePid: number };
  return {
    child,
    pid: child.pid ?? 0,
    uri,
    enginePid,
    tell: (word) => child.stdin.write(`${word}\n`),
    kill: async (signal) => {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}

export function exists(path: string | undefined): boolean {
  return path !== undefined && existsSync(path);
}
