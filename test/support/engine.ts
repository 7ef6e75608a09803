/** One database engine for the whole run of the tests; its address is handed to every test file. */
import { MongoClient } from 'mongodb';
import type { TestProject } from 'vitest/node';
import { type Engine, type EngineKind, type EngineReport, startEngine } from '../../src/engine/engine.ts';
import type { PostgresAddress } from '../../src/engine/gateway/postgres-connection.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the engine; choose a database of your own on it. */
    mongodbUri: string;
    /** `external`: the replica set that MONGODB_URI names. */
    engineKind: EngineKind | 'external';
    /** The PostgreSQL behind an engine of the kind `documentdb`. */
    postgresAddress: PostgresAddress | null;
  }
}

let engine: Engine | undefined;

const report: EngineReport = {
  step: (text) => process.stderr.write(`engine: ${text}\n`),
  progress: (text, done, total) => {
    if (done === total) process.stderr.write(`engine: ${text}: ${Math.round(total / 1e6)} MB\n`);
  },
};

async function checkExternal(uri: string): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 10_000 });
  try {
    const hello = await client.db('admin').command({ hello: 1 });
    if (!hello['setName'] && hello['msg'] !== 'isdbgrid') throw new Error('MONGODB_URI names no replica set');
  } finally {
    await client.close();
  }
}

const KINDS: readonly EngineKind[] = ['mongod', 'memory-server', 'documentdb'];

/** The kind that JENNER_TEST_ENGINE asks for; whatever the machine has when it does not. */
function wantedKind(): EngineKind | undefined {
  const wanted = process.env['JENNER_TEST_ENGINE'];
  const kind = KINDS.find((known) => known === wanted);
  if (wanted && !kind) throw new Error(`JENNER_TEST_ENGINE is ${wanted}; it can be ${KINDS.join(', ')}`);
  return kind;
}

export async function setup(project: TestProject): Promise<void> {
  const external = process.env['MONGODB_URI'];
  if (external) {
    await checkExternal(external);
    project.provide('mongodbUri', external);
    project.provide('engineKind', 'external');
    project.provide('postgresAddress', null);
    return;
  }
  const only = wantedKind();
  engine = await startEngine({ dataDirectory: '', ephemeral: true, report, ...(only && { only }) });
  report.step(engine.why);
  project.provide('mongodbUri', engine.uri);
  project.provide('engineKind', engine.kind);
  project.provide('postgresAddress', engine.postgres ?? null);
}

export async function teardown(): Promise<void> {
  await engine?.stop();
}
