/** Fetches PostgreSQL with DocumentDB from the machine's own package archive into the cache, without root (apt-get(8)). */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { makeCacheFolder } from '../cache-folder.ts';
import type { EngineReport } from '../engine.ts';
import { acquireLock } from '../owner-lock.ts';
import { type AptClient, createAptClient, missingPrograms, readAptSources, releaseCodename } from './apt-client.ts';
import { type ArchiveSuite, archiveSuites } from './apt-sources.ts';
import {
  type CachedEngine,
  ENGINE_RECORD,
  type EngineRequest,
  engineFolder,
  findCachedEngine,
} from './engine-cache.ts';
import { makeRunnable, unpackPackage } from './engine-tree.ts';
import { type ClosureOptions, closePackages, type PackageClosure } from './package-closure.ts';
import type { PackageIndex } from './package-index.ts';

export interface FetchOptions {
  readonly cache: string;
  readonly report: EngineReport;
  readonly request: EngineRequest;
}

interface Fetch extends FetchOptions {
  readonly place: ArchiveSuite;
  readonly apt: AptClient;
  readonly index: PackageIndex;
  /** Scratch folder, on the same file system as the cache so that the result is renamed into place. */
  readonly work: string;
}

const WORK_FOLDER = '.fetching';
/** Fetching takes seconds on a good line; an owner of the lock that lives is waited for, this long at most. */
const LONGEST_FETCH_MS = 30 * 60_000;

function bytesOf(closure: PackageClosure): number {
  return closure.packages.reduce((sum, { size }) => sum + size, 0);
}

/** As many at a time as there are processors to decompress them. */
async function unpackAll(files: readonly string[], root: string): Promise<void> {
  const waiting = [...files];
  const lane = async (): Promise<void> => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) await unpackPackage(file, root);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
}

async function unpack(fetch: Fetch, closure: PackageClosure, root: string): Promise<void> {
  const debs = join(fetch.work, 'debs');
  const total = bytesOf(closure);
  const text = `Fetching PostgreSQL ${closure.postgresMajor} with DocumentDB ${closure.documentdbVersion}`;
  fetch.report.progress(text, 0, total);
  await fetch.apt.download(closure.packages, debs, (bytes) =>
    fetch.report.progress(text, Math.min(bytes, total), total),
  );
  fetch.report.progress(text, total, total);
  fetch.report.step(`Unpacking ${closure.packages.length} packages`);
  mkdirSync(root, { recursive: true });
  await unpackAll(
    readdirSync(debs)
      .filter((name) => name.endsWith('.deb'))
      .map((name) => join(debs, name)),
    root,
  );
  rmSync(debs, { recursive: true, force: true });
}

function describe(fetch: Fetch, closure: PackageClosure): Omit<CachedEngine, 'root'> {
  const { postgresMajor, documentdbVersion, packages } = closure;
  const versions = Object.fromEntries(packages.map(({ name, version }) => [name, version]));
  const postgresVersion = versions[`postgresql-${postgresMajor}`] ?? `${postgresMajor}`;
  const { architecture } = fetch.apt;
  const parts = [fetch.place.suite, architecture, `pg${postgresVersion}`, `documentdb${documentdbVersion}`];
  const key = parts.join('_').replace(/[^\w.+-]/g, '-');
  return { key, postgresMajor, documentdbVersion, architecture, packages: versions };
}

async function install(fetch: Fetch, extent: ClosureOptions['extent']): Promise<CachedEngine> {
  const closure = closePackages(fetch.index, { extent, postgresMajor: fetch.request.postgresMajor });
  if (!closure) {
    const wanted = fetch.request.postgresMajor ?? 'NN';
    throw new Error(`${fetch.place.uri} ${fetch.place.suite} has no postgresql-${wanted}-documentdb`);
  }
  const record = describe(fetch, closure);
  const scratch = join(fetch.work, 'tree');
  rmSync(scratch, { recursive: true, force: true });
  await unpack(fetch, closure, scratch);
  await makeRunnable({ root: scratch, postgresMajor: closure.postgresMajor });
  writeFileSync(join(scratch, ENGINE_RECORD), JSON.stringify(record, null, 1));
  const root = join(engineFolder(fetch.cache), record.key);
  rmSync(root, { recursive: true, force: true });
  renameSync(scratch, root);
  return { ...record, root };
}

async function fetchFrom(place: ArchiveSuite, options: FetchOptions, work: string): Promise<CachedEngine> {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  options.report.step(`Reading the package index of ${place.uri} ${place.suite}`);
  const apt = await createAptClient(place, join(work, 'apt'));
  const fetch: Fetch = { ...options, place, apt, index: await apt.readIndex(), work };
  try {
    return await install(fetch, 'lean');
  } catch (error) {
    if (!closePackages(fetch.index, { extent: 'lean', postgresMajor: options.request.postgresMajor })) throw error;
    options.report.step(`The lean selection of packages did not do (${String(error)}); taking all dependencies`);
    return install(fetch, 'whole');
  }
}

async function fetchFromFirst(places: readonly ArchiveSuite[], options: FetchOptions): Promise<CachedEngine> {
  const work = join(engineFolder(options.cache), WORK_FOLDER);
  const failures: string[] = [];
  try {
    for (const place of places) {
      try {
        return await fetchFrom(place, options, work);
      } catch (error) {
        failures.push(`${place.uri} ${place.suite}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  throw new Error(failures.join('\n'));
}

/** Why this machine cannot fetch an engine of its own packages; undefined when it can try. */
export function whyNoPackages(): string | undefined {
  if (process.platform !== 'linux') return 'packages of Debian run on Linux only';
  const missing = missingPrograms();
  if (missing.length > 0) return `this machine lacks ${missing.join(', ')}`;
  const places = archiveSuites(readAptSources(), releaseCodename());
  return places.length === 0 ? "this machine's apt configuration names no Debian or Ubuntu archive" : undefined;
}

/** The engine from the cache, or else from the archive; of several who want it at once, one fetches and the others wait. */
export async function fetchEngine(options: FetchOptions): Promise<CachedEngine> {
  const folder = makeCacheFolder(options.cache, 'engine');
  const onWait = (): void => options.report.step('Another process is fetching the database engine; waiting for it');
  const lock = await acquireLock(join(folder, '.lock'), { waitMs: LONGEST_FETCH_MS, onWait });
  if (lock.kind === 'busy') throw new Error(`process ${lock.owner?.pid} has been fetching the engine for too long`);
  try {
    const cached = findCachedEngine(options.cache, options.request);
    return cached ?? (await fetchFromFirst(archiveSuites(readAptSources(), releaseCodename()), options));
  } finally {
    lock.release();
  }
}
