/** The engines that were fetched before, each in a folder of the cache that names its versions. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programFolder } from './engine-tree.ts';

/** A fetched engine; also what its `engine.json` holds, apart from the folder. */
export interface CachedEngine {
  readonly root: string;
  readonly key: string;
  readonly postgresMajor: number;
  readonly documentdbVersion: string;
  readonly architecture: string;
  /** Name and version of every package in it. */
  readonly packages: Readonly<Record<string, string>>;
}

export interface EngineRequest {
  /** Only this major version of PostgreSQL opens the data. */
  readonly postgresMajor?: number | undefined;
  /** The engine that opened the data last. */
  readonly key?: string | undefined;
}

export const ENGINE_RECORD = 'engine.json';

export function engineFolder(cache: string): string {
  return join(cache, 'engine');
}

function readEngine(root: string): CachedEngine | undefined {
  try {
    const record = JSON.parse(readFileSync(join(root, ENGINE_RECORD), 'utf8')) as Omit<CachedEngine, 'root'>;
    const engine = { ...record, root };
    return existsSync(join(programFolder(engine), 'postgres')) ? engine : undefined;
  } catch {
    return undefined;
  }
}

function entries(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Digits by value, all else by letter: `1.10` is newer than `1.9`. */
const BY_VERSION = new Intl.Collator('en', { numeric: true });

function isNewer(a: CachedEngine, b: CachedEngine): number {
  return b.postgresMajor - a.postgresMajor || BY_VERSION.compare(b.documentdbVersion, a.documentdbVersion);
}

/** The engine in the cache that fits best: the one that opened the data last, else the newest that can. */
export function findCachedEngine(cache: string, request: EngineRequest = {}): CachedEngine | undefined {
  const folder = engineFolder(cache);
  const engines = entries(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => readEngine(join(folder, name)) ?? [])
    .filter(({ postgresMajor }) => request.postgresMajor === undefined || postgresMajor === request.postgresMajor)
    .sort(isNewer);
  return engines.find(({ key }) => key === request.key) ?? engines[0];
}
