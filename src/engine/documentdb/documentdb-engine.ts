/** The DocumentDB ways to an engine: one in the cache, or one fetched from the machine's package archive. */
import type { Engine, EngineReport } from '../engine.ts';
import { type CachedEngine, type EngineRequest, findCachedEngine } from './engine-cache.ts';
import { fetchEngine, whyNoPackages } from './fetch-engine.ts';
import { recordedCluster, startDocumentdb } from './start-documentdb.ts';

export interface DocumentdbStart {
  readonly cache: string;
  readonly dataDirectory: string | undefined;
  readonly report: EngineReport;
}

function requestFor(dataDirectory: string | undefined): EngineRequest {
  return (dataDirectory && recordedCluster(dataDirectory)) || {};
}

function describe(engine: CachedEngine, origin: string): string {
  return `PostgreSQL ${engine.postgresMajor} with DocumentDB ${engine.documentdbVersion} (${origin})`;
}

/** Starts the engine from the cache; undefined when the cache has none that opens these data. */
export async function startCachedDocumentdb(start: DocumentdbStart): Promise<Engine | undefined> {
  const engine = findCachedEngine(start.cache, requestFor(start.dataDirectory));
  return engine && startDocumentdb({ ...start, engine, why: describe(engine, 'in the cache') });
}

async function fetchFor(request: EngineRequest, start: DocumentdbStart): Promise<CachedEngine> {
  try {
    return await fetchEngine({ ...start, request });
  } catch (error) {
    if (request.postgresMajor === undefined) throw error;
    const needed = `these data need PostgreSQL ${request.postgresMajor} (they were opened last by ${request.key})`;
    throw new Error(`${needed}: restore that engine into the cache folder, or import an export of the data. ${error}`);
  }
}

/** Fetches the engine and starts it. Rejects with the reason where this machine can't. */
export async function startFetchedDocumentdb(start: DocumentdbStart): Promise<Engine> {
  const obstacle = whyNoPackages();
  if (obstacle) throw new Error(obstacle);
  const request = requestFor(start.dataDirectory);
  const engine = await fetchFor(request, start);
  return startDocumentdb({ ...start, engine, why: describe(engine, "fetched from this machine's package archive") });
}
