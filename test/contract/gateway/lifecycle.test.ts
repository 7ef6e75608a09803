/** Starting, limits and closing of a gateway (docs/gateway.md). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { type GatewayOptions, startGateway } from '../../../src/engine/gateway/gateway.ts';
import { connectPostgres } from '../../../src/engine/gateway/postgres-connection.ts';
import { type AnyDocument, failureOf } from './database.ts';
import { startPostgresProxy } from './postgres-proxy.ts';
import { createRandom } from './random.ts';
import { INDEXES, idOf, randomDocument } from './search-documents.ts';

const postgres = inject('postgresAddress');
const LOOPBACK = { host: '127.0.0.1', port: 0 } as const;

describe.skipIf(postgres === null)('a gateway', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  const database = `gateway_lifecycle_${process.pid}`;
  let count = 0;

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  function address() {
    if (!postgres) throw new Error('needs PostgreSQL');
    return postgres;
  }

  async function start(options: Partial<GatewayOptions> = {}) {
    const gateway = await startGateway({ postgres: address(), listen: LOOPBACK, ...options });
    cleanups.push(() => gateway.close());
    const client = await new MongoClient(gateway.uri, { maxPoolSize: 40, serverSelectionTimeoutMS: 300 }).connect();
    cleanups.push(async () => {
      await client
        .db(database)
        .dropDatabase()
        .catch(() => undefined);
      await client.close();
    });
    return { gateway, client, target: client.db(database).collection<AnyDocument>(`c${count++}`) };
  }

  it('gives a connection string for its socket', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'gateway-'));
    cleanups.push(() => rm(directory, { recursive: true }));
    const { gateway, target } = await start({ listen: { path: join(directory, 'mongodb.sock') } });
    expect(gateway.uri).toMatch(/^mongodb:\/\/%2F.*mongodb\.sock\/\?directConnection=true$/);
    await target.insertOne({ _id: 1 });
    expect(await target.countDocuments()).toBe(1);
  });

  it('does not start without PostgreSQL, or on an address in use', async () => {
    const nowhere = { ...address(), socketDirectory: join(tmpdir(), 'there-is-no-such-directory') };
    await expect(startGateway({ postgres: nowhere, listen: LOOPBACK })).rejects.toThrow();
    const { gateway } = await start();
    const port = Number(new URL(gateway.uri).port);
    await expect(startGateway({ postgres: address(), listen: { host: '127.0.0.1', port } })).rejects.toThrow(
      'EADDRINUSE',
    );
  });

  it('says so when the database has no DocumentDB', async () => {
    const connection = await connectPostgres(address());
    const empty = `gateway_empty_${process.pid}`;
    await connection.simple(`CREATE DATABASE ${empty}`);
    const started = startGateway({ postgres: { ...address(), database: empty }, listen: LOOPBACK });
    await expect(started).rejects.toThrow(/DocumentDB/);
    await connection.simple(`DROP DATABASE ${empty} WITH (FORCE)`);
    connection.close();
  });

  it('closes while clients work, and refuses them afterwards', async () => {
    const { gateway, client, target } = await start();
    await target.insertOne({ _id: 1 });
    const session = client.startSession();
    session.startTransaction();
    await target.insertOne({ _id: 2 }, { session });
    const working = Array.from({ length: 20 }, () =>
      target
        .find({})
        .toArray()
        .catch(() => undefined),
    );
    await gateway.close();
    await gateway.close();
    await Promise.all(working);
    await expect(new MongoClient(gateway.uri, { serverSelectionTimeoutMS: 200 }).connect()).rejects.toThrow();
    const second = await start();
    expect(await second.client.db(database).collection(target.collectionName).countDocuments()).toBe(1);
  });

  it('closes while it waits for connections', async () => {
    const { gateway, client, target } = await start({ poolSize: 2 });
    await target.insertOne({ _id: 1 });
    const session = client.startSession();
    session.startTransaction();
    await target.updateOne({ _id: 1 }, { $set: { a: 1 } }, { session });
    const waiting = Array.from({ length: 5 }, () => failureOf(target.updateOne({ _id: 1 }, { $inc: { n: 1 } })));
    await gateway.close();
    expect(await Promise.all(waiting)).toHaveLength(5);
  });

  it('refuses a transaction as transient that gets no connection in time, and serves everyone else', async () => {
    const { client, target } = await start({ poolSize: 4 });
    await target.insertOne({ _id: 0 });
    const open = Array.from({ length: 3 }, () => client.startSession());
    for (const [number, session] of open.entries()) {
      session.startTransaction();
      await target.insertOne({ _id: number + 1 }, { session });
    }
    const session = client.startSession();
    session.startTransaction();
    const refused = failureOf(target.insertOne({ _id: 9 }, { session }));
    expect(await target.findOne({ _id: 0 })).toEqual({ _id: 0 });
    const failure = await refused;
    expect([failure.code, failure.hasErrorLabel('TransientTransactionError')]).toEqual([24, true]);
    await Promise.all([...open, session].map((each) => each.endSession()));
    expect(await target.countDocuments()).toBe(1);
  });

  it('waits for background builds where the engine has no other', async () => {
    const proxy = await startPostgresProxy(address());
    cleanups.push(() => proxy.close());
    const [offered, hidden] = ['create_indexes_non_concurrently', 'create_indexes_not_concurrently'];
    proxy.toPostgres = (chunk) => Buffer.from(chunk.toString('latin1').replaceAll(offered, hidden), 'latin1');
    const { target } = await start({ postgres: proxy.address });
    await target.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
    ]);
    await target.createIndex({ a: 1 }, { unique: true });
    expect(await target.indexes()).toHaveLength(2);
    expect((await failureOf(target.insertOne({ a: 1 }))).code).toBe(11000);
    const connection = await connectPostgres(address());
    await connection.simple("SELECT cron.unschedule(jobid) FROM cron.job WHERE jobname LIKE 'documentdb_index_build%'");
    connection.close();
  });

  it('shows each document once though new statistics change the plan between two pages', async () => {
    const { target } = await start();
    const random = createRandom(1);
    await target.createIndexes([...INDEXES]);
    await target.insertMany(Array.from({ length: 800 }, (_, number) => ({ ...randomDocument(random, idOf(number)) })));
    const expected = await target.countDocuments({ s_status: 'completed' });
    const cursor = target.find({ s_status: 'completed' }, { batchSize: 20 });
    const seen = [(await cursor.next())?._id];
    const connection = await connectPostgres(address());
    const [row] = await connection.simple(`SELECT collection_id FROM documentdb_api_catalog.collections
      WHERE database_name = '${database}' AND collection_name = '${target.collectionName}'`);
    await connection.simple(`ANALYZE documentdb_data.documents_${row?.[0]}`);
    connection.close();
    for await (const { _id } of cursor) seen.push(_id);
    expect([seen.length, new Set(seen).size]).toEqual([expected, expected]);
  });

  it('gathers statistics after an index build on documents', async () => {
    const { target } = await start();
    await target.insertMany(Array.from({ length: 200 }, (_, number) => ({ _id: number, a: number % 10 })));
    await target.createIndex({ a: 1 });
    const connection = await connectPostgres(address());
    cleanups.push(async () => connection.close());
    const analyzed = `SELECT count(*) FROM pg_stat_user_tables s JOIN documentdb_api_catalog.collections c
      ON s.relname = 'documents_' || c.collection_id
      WHERE c.database_name = '${database}' AND c.collection_name = '${target.collectionName}' AND s.analyze_count > 0`;
    await expect.poll(async () => String((await connection.simple(analyzed))[0]?.[0]), { timeout: 20_000 }).toBe('1');
  });
});
