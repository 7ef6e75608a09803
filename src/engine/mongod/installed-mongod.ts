/** A mongod that somebody installed on this machine (MONGOMS_SYSTEM_BINARY, or the PATH). */
import { accessSync, constants } from 'node:fs';
import { findProgram, runOrThrow } from '../child-process.ts';

export interface MongodBinary {
  readonly path: string;
  readonly version: string;
}

/** Transactions and retryable writes as this server uses them. */
const OLDEST_MAJOR = 6;

function chosenBinary(environment: NodeJS.ProcessEnv): string | undefined {
  const chosen = environment['MONGOMS_SYSTEM_BINARY'];
  if (!chosen) return undefined;
  accessSync(chosen, constants.X_OK);
  return chosen;
}

/** Asks a mongod for its version. Rejects when it does not run or is too old. */
export async function checkMongod(path: string): Promise<MongodBinary> {
  const said = await runOrThrow({ command: path, args: ['--version'], deathSignal: 'KILL' });
  const version = /db version v(\d+\.\d+\.\d+)/.exec(said)?.[1];
  if (!version) throw new Error(`${path} does not say which version of MongoDB it is`);
  if (Number.parseInt(version, 10) < OLDEST_MAJOR)
    throw new Error(`${path} is MongoDB ${version}; 6.0 is the oldest that works`);
  return { path, version };
}

/** The installed mongod; undefined when there is none. Rejects when there is one that can't be used. */
export async function findInstalledMongod(environment: NodeJS.ProcessEnv): Promise<MongodBinary | undefined> {
  const path = chosenBinary(environment) ?? findProgram('mongod', environment['PATH']);
  return path === undefined ? undefined : checkMongod(path);
}
