/** The MongoDB ways to an engine: a mongod installed here, one fetched before, or one that can be fetched. */
import type { Engine, EngineReport } from '../engine.ts';
import { downloadMongod, findDownloadedMongod } from './downloaded-mongod.ts';
import { findInstalledMongod } from './installed-mongod.ts';
import { startMongod } from './start-mongod.ts';

export interface MongodStart {
  readonly cache: string;
  readonly dataDirectory: string | undefined;
  readonly report: EngineReport;
  readonly environment: NodeJS.ProcessEnv;
}

/** Starts the mongod that is installed here; undefined when none is. */
export async function startInstalledMongod(start: MongodStart): Promise<Engine | undefined> {
  const binary = await findInstalledMongod(start.environment);
  return (
    binary && startMongod({ ...start, kind: 'mongod', binary, why: `MongoDB ${binary.version} at ${binary.path}` })
  );
}

/** Starts the mongod that was fetched before; undefined when none was. */
export async function startKeptMongod(start: MongodStart): Promise<Engine | undefined> {
  const binary = await findDownloadedMongod(start.cache);
  const why = `MongoDB ${binary?.version} (in the cache)`;
  return binary && startMongod({ ...start, kind: 'memory-server', binary, why });
}

/** Fetches a mongod and starts it. Rejects with the reason where it can't be had. */
export async function startDownloadedMongod(start: MongodStart): Promise<Engine> {
  const binary = await downloadMongod(start);
  return startMongod({ ...start, kind: 'memory-server', binary, why: `MongoDB ${binary.version} (downloaded)` });
}
