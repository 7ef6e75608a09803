/** Tries the ways to a database engine in their order, and says plainly what was tried when none leads anywhere. */
import { startCachedDocumentdb, startFetchedDocumentdb } from './documentdb/documentdb-engine.ts';
import type { Engine, EngineKind, EngineReport } from './engine.ts';
import { startDownloadedMongod, startInstalledMongod, startKeptMongod } from './mongod/mongod-engine.ts';

export interface EngineSearch {
  readonly cache: string;
  /** Undefined for data that go with the engine. */
  readonly dataDirectory: string | undefined;
  readonly report: EngineReport;
  readonly environment: NodeJS.ProcessEnv;
}

/** One way to an engine: undefined or a rejection where it does not lead to one. */
interface Way {
  readonly name: string;
  readonly kind: EngineKind;
  readonly absent: string;
  start(search: EngineSearch): Promise<Engine | undefined>;
}

const CACHED_DOCUMENTDB: Way = {
  name: 'PostgreSQL with DocumentDB from the cache',
  kind: 'documentdb',
  absent: 'not fetched yet',
  start: startCachedDocumentdb,
};

const FETCHED_DOCUMENTDB: Way = {
  name: "PostgreSQL with DocumentDB from this machine's package archive",
  kind: 'documentdb',
  absent: 'not available',
  start: startFetchedDocumentdb,
};

const INSTALLED_MONGOD: Way = {
  name: 'a mongod on the PATH',
  kind: 'mongod',
  absent: 'none there',
  start: startInstalledMongod,
};

const KEPT_MONGOD: Way = {
  name: 'a mongod fetched before',
  kind: 'memory-server',
  absent: 'none there',
  start: startKeptMongod,
};

const DOWNLOADED_MONGOD: Way = {
  name: 'a mongod to download',
  kind: 'memory-server',
  absent: 'not available',
  start: startDownloadedMongod,
};

const WAYS: readonly Way[] = [INSTALLED_MONGOD, CACHED_DOCUMENTDB, KEPT_MONGOD, DOWNLOADED_MONGOD, FETCHED_DOCUMENTDB];

/** On continuous integration every run takes the same engine, whatever else the machine has. */
function orderFor(environment: NodeJS.ProcessEnv): readonly Way[] {
  const isContinuousIntegration = Boolean(environment['CI']) && environment['CI'] !== 'false';
  return isContinuousIntegration ? [CACHED_DOCUMENTDB, ...WAYS.filter((way) => way !== CACHED_DOCUMENTDB)] : WAYS;
}

function adviceFor(only: EngineKind | undefined): string {
  const data = only ? `The data were made by the engine "${only}", which alone may open them. ` : '';
  return `${data}Set MONGODB_URI to a MongoDB replica set (6.0 or later), or make one of these ways possible.`;
}

function explain(taken: string, failures: readonly string[]): string {
  return failures.length === 0 ? taken : `${taken}. Looked for before: ${failures.join('; ')}`;
}

/** The first engine that starts; only those of the given kind where one is given. */
export async function findEngine(search: EngineSearch, only: EngineKind | undefined): Promise<Engine> {
  const failures: string[] = [];
  for (const way of orderFor(search.environment).filter(({ kind }) => only === undefined || kind === only)) {
    try {
      const engine = await way.start(search);
      if (engine) return { ...engine, why: explain(engine.why, failures) };
      failures.push(`${way.name} (${way.absent})`);
    } catch (error) {
      failures.push(`${way.name} (${error instanceof Error ? error.message : String(error)})`);
    }
  }
  const tried = failures.map((failure) => `  - ${failure}`).join('\n');
  throw new Error(`No database engine could be started. What was tried:\n${tried}\n${adviceFor(only)}`);
}
