/** Starting, stopping and finding an engine on a data folder. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, type EngineOptions, findRunningEngine, startEngine } from '../../../src/engine/engine.ts';
import { findEngine } from '../../../src/engine/find-engine.ts';
import { count, exists, isRunning, kindOfRun, makeFolder, runFolderOf, silent } from './engine-processes.ts';

const kind = kindOfRun();

describe.runIf(kind)('an engine on a data folder', () => {
  let folder = '';
  let engines: Engine[] = [];
  const start = async (options: Partial<EngineOptions> = {}): Promise<Engine> => {
    const engine = await startEngine({
      dataDirectory: folder,
      report: silent,
      ...(kind && { only: kind }),
      ...options,
    });
    engines.push(engine);
    return engine;
  };

  beforeEach(() => {
    folder = makeFolder();
    engines = [];
  });
  afterEach(async () => {
    for (const engine of engines) await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('starts on an empty folder and has the data again after it was stopped', async () => {
    const first = await start();
    expect(await count(first.uri)).toBe(1);
    await first.stop();
    const second = await start();
    expect(second.kind).toBe(first.kind);
    expect(await count(second.uri)).toBe(2);
  });

  it('makes a data folder that does not exist yet', async () => {
    const dataDirectory = join(folder, 'below/another');
    expect(await count((await start({ dataDirectory })).uri)).toBe(1);
    expect(exists(join(dataDirectory, 'engine.json'))).toBe(true);
  });

  it('leaves no process, no socket and no lock behind when it is stopped, be it twice', async () => {
    const engine = await start();
    const pid = engine.processId();
    const sockets = runFolderOf(engine.uri);
    expect(isRunning(pid)).toBe(true);
    await engine.stop();
    expect(isRunning(pid)).toBe(false);
    expect(exists(sockets)).toBe(false);
    expect(exists(join(folder, 'engine.lock'))).toBe(false);
    await expect(engine.stop()).resolves.toBeUndefined();
  });

  it('is found by its data folder while it runs, and not before or after', async () => {
    expect(await findRunningEngine(folder)).toBeUndefined();
    const engine = await start();
    const found = await findRunningEngine(folder);
    expect(found).toBe(engine.uri);
    expect(await count(String(found))).toBe(1);
    await engine.stop();
    expect(await findRunningEngine(folder)).toBeUndefined();
  });

  it('lets only its own user look into the data', async () => {
    await start();
    const database = join(folder, kind === 'documentdb' ? 'pg' : 'mongod');
    expect(statSync(database).mode & 0o077).toBe(0);
  });

  it('refuses a folder that this process uses already, naming folder and process', async () => {
    await start();
    const refusal = startEngine({ dataDirectory: folder, report: silent });
    await expect(refusal).rejects.toThrow(`${folder} is in use by process ${process.pid}`);
  });

  it('keeps test data apart from the data folder and removes them', async () => {
    const engine = await start({ ephemeral: true });
    expect(await count(engine.uri)).toBe(1);
    await engine.stop();
    expect(exists(runFolderOf(engine.uri))).toBe(false);
    expect(await count((await start()).uri)).toBe(1);
  });

  it('supports transactions', async () => {
    const { MongoClient } = await import('mongodb');
    const client = new MongoClient((await start()).uri);
    const things = client.db('engine_contract').collection('things');
    await things.insertOne({ kept: true });
    const session = client.startSession();
    session.startTransaction();
    await things.insertOne({ kept: false }, { session });
    await session.abortTransaction();
    await session.endSession();
    expect(await things.countDocuments()).toBe(1);
    await client.close();
  });
});

describe('the kind of engine of a data folder', () => {
  it.runIf(kind)('is recorded and never opened by another kind', async () => {
    const folder = makeFolder();
    const other = kind === 'documentdb' ? 'memory-server' : 'documentdb';
    writeFileSync(join(folder, 'engine.json'), JSON.stringify({ kind: other }));
    const refusal = startEngine({ dataDirectory: folder, report: silent, ...(kind && { only: kind }) });
    await expect(refusal).rejects.toThrow(`belong to the engine "${other}"`);
    expect(JSON.parse(readFileSync(join(folder, 'engine.json'), 'utf8'))).toEqual({ kind: other });
    rmSync(folder, { recursive: true, force: true });
  });

  it('that is not available any more is named, with what was tried and what to do', async () => {
    const dataDirectory = makeFolder();
    const search = { cache: dataDirectory, dataDirectory, report: silent, environment: { PATH: '/nonexistent' } };
    const refusal = findEngine(search, 'mongod');
    await expect(refusal).rejects.toThrow(/a mongod on the PATH \(none there\).*engine "mongod".*MONGODB_URI/s);
    rmSync(dataDirectory, { recursive: true, force: true });
  });
});
