/** Finds or starts a database engine for this machine, and guards the data folder it keeps (docs/engine.md). */
import { resolve } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { publishedUri, readDataFolderRecord, takeDataFolder, writeDataFolderRecord } from './data-folder.ts';
import { findEngine } from './find-engine.ts';
import type { PostgresAddress } from './gateway/postgres-connection.ts';
import type { OwnerLock } from './owner-lock.ts';
import { clearAbandonedRunFolders } from './run-folder.ts';

/** `mongod`: one installed here; `memory-server`: one fetched by mongodb-memory-server; `documentdb`: on PostgreSQL. */
export type EngineKind = 'mongod' | 'memory-server' | 'documentdb';

export interface EngineReport {
  /** Something begins or is decided. */
  step(text: string): void;
  /** Bytes of a download. */
  progress(text: string, done: number, total: number): void;
}

export interface EngineOptions {
  readonly dataDirectory: string;
  readonly report: EngineReport;
  /** For tests: data in a folder of its own that goes when the engine stops, and no waiting for the disk. */
  readonly ephemeral?: boolean;
  /** Takes this kind and no other. */
  readonly only?: EngineKind;
}

export interface Engine {
  readonly kind: EngineKind;
  /** Connection string for MongoDB drivers. */
  readonly uri: string;
  /** Which engine was taken and why, for the console. */
  readonly why: string;
  /** The process id of the database, which changes when it had to be started again. */
  processId(): number;
  /** The PostgreSQL behind a `documentdb` engine. */
  readonly postgres?: PostgresAddress;
  /** Ends the engine and gives the data folder free. */
  stop(): Promise<void>;
}

/** Once stopped, an engine stays stopped, however often it is asked. */
function stopOnce(stop: () => Promise<void>): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => {
    stopped ??= stop();
    return stopped;
  };
}

async function startEphemeral({ report, only }: EngineOptions): Promise<Engine> {
  const search = { cache: cacheFolder(), dataDirectory: undefined, report, environment: process.env };
  const engine = await findEngine(search, only);
  return { ...engine, stop: stopOnce(engine.stop) };
}

async function startOn(folder: string, { report, only }: EngineOptions, lock: OwnerLock): Promise<Engine> {
  const recorded = readDataFolderRecord(folder)?.kind;
  if (recorded && only && recorded !== only) {
    throw new Error(`The data in ${folder} belong to the engine "${recorded}"; "${only}" can't open them`);
  }
  const search = { cache: cacheFolder(), dataDirectory: folder, report, environment: process.env };
  const engine = await findEngine(search, recorded ?? only);
  if (!recorded) writeDataFolderRecord(folder, { kind: engine.kind });
  lock.publish(engine.uri);
  const stop = async (): Promise<void> => {
    await engine.stop();
    lock.release();
  };
  return { ...engine, stop: stopOnce(stop) };
}

/**
 * Starts the engine that this machine has or can get; its data stay in the folder. Rejects with words for the operator:
 * the folder is in use, its kind of engine is not available any more, or no way led to an engine.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  clearAbandonedRunFolders();
  if (options.ephemeral) return startEphemeral(options);
  const folder = resolve(options.dataDirectory);
  const lock = await takeDataFolder(folder);
  try {
    return await startOn(folder, options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The URI of the engine that a running Jenner holds on this data folder, if one does (the command line attaches to it). */
export function findRunningEngine(dataDirectory: string): Promise<string | undefined> {
  return Promise.resolve(publishedUri(resolve(dataDirectory)));
}
