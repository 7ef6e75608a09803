/** What clients see when connections to the engine break, and that the gateway recovers (docs/gateway.md, "Lost connections"). */
import { setTimeout as delay } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Gateway, startGateway } from '../../../src/engine/gateway/gateway.ts';
import { type AnyDocument, failureOf } from './database.ts';
import { cutBefore, cutBeforeCommitted, type PostgresProxy, startPostgresProxy } from './postgres-proxy.ts';

const postgres = inject('postgresAddress');

describe.skipIf(postgres === null)('a gateway whose engine goes away', () => {
  let proxy: PostgresProxy;
  let gateway: Gateway;
  let client: MongoClient;
  let count = 0;
  const database = `gateway_lost_${process.pid}`;
  const collection = () => client.db(database).collection<AnyDocument>(`c${count++}`);

  beforeAll(async () => {
    if (!postgres) throw new Error('needs PostgreSQL');
    proxy = await startPostgresProxy(postgres);
    gateway = await startGateway({ postgres: proxy.address, listen: { host: '127.0.0.1', port: 0 }, poolSize: 4 });
    client = await new MongoClient(gateway.uri, { maxPoolSize: 20 }).connect();
  });
  afterEach(() => {
    proxy.toPostgres = (chunk) => chunk;
    proxy.toGateway = (chunk) => chunk;
    proxy.refusing = false;
  });
  afterAll(async () => {
    await client.db(database).dropDatabase();
    await client.close();
    await gateway.close();
    await proxy.close();
  });

  it('answers 91 while the engine is away and works again when it is back', async () => {
    const target = collection();
    await target.insertOne({ _id: 1 });
    proxy.refusing = true;
    proxy.cutAll();
    expect((await failureOf(target.findOne({}))).code).toBe(91);
    const failure = await failureOf(target.insertOne({ _id: 2 }));
    expect([failure.code, failure.hasErrorLabel('RetryableWriteError')]).toEqual([91, true]);
    proxy.refusing = false;
    expect(await target.findOne({})).toEqual({ _id: 1 });
    await target.insertOne({ _id: 2 });
    expect(await target.countDocuments()).toBe(2);
  });

  it('does not show a cut of idle connections at all', async () => {
    const target = collection();
    await target.insertOne({ _id: 1 });
    proxy.cutAll();
    await delay(20);
    expect(await target.findOne({})).toEqual({ _id: 1 });
  });

  it('runs a read again whose connection was lost', async () => {
    const target = collection();
    await target.insertOne({ _id: 1, marker: 'read-me' });
    let cuts = 0;
    proxy.toGateway = (chunk) => (chunk.includes('read-me') && cuts++ === 0 ? { cut: Buffer.alloc(0) } : chunk);
    expect(await target.findOne({})).toMatchObject({ _id: 1 });
    expect(cuts).toBe(2);
  });

  it('never applies a write twice: a lost answer is reported, not retried', async () => {
    const target = collection();
    await target.insertOne({ _id: 1, n: 0 });
    let cuts = 0;
    proxy.toGateway = (chunk) => (chunk.includes('nModified') && cuts++ === 0 ? { cut: Buffer.alloc(0) } : chunk);
    const failure = await failureOf(target.updateOne({ _id: 1 }, { $inc: { n: 1 } }));
    expect([failure.code, failure.hasErrorLabel('RetryableWriteError')]).toEqual([91, false]);
    expect(await target.findOne({})).toEqual({ _id: 1, n: 1 });
  });

  it('lets a transaction run again whose connection was lost', async () => {
    const target = collection();
    await target.insertOne({ _id: 0 });
    const session = client.startSession();
    session.startTransaction();
    await target.insertOne({ _id: 1 }, { session });
    proxy.cutAll();
    const failure = await failureOf(target.insertOne({ _id: 2 }, { session }));
    expect([failure.code, failure.hasErrorLabel('TransientTransactionError')]).toEqual([91, true]);
    await session.abortTransaction();
    let attempts = 0;
    await session.withTransaction(async () => {
      await target.insertOne({ _id: 3 }, { session });
      if (++attempts === 1) proxy.cutAll();
      await target.insertOne({ _id: 4 }, { session });
    });
    expect(attempts).toBe(2);
    expect((await target.find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id)).toEqual([0, 3, 4]);
    await session.endSession();
  });

  it('finds out that a commit took place whose answer was lost', async () => {
    const target = collection();
    await target.insertOne({ _id: 1, n: 0 });
    const session = client.startSession();
    let attempts = 0;
    await session.withTransaction(async () => {
      attempts++;
      await target.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
      proxy.toGateway = (chunk) => {
        const passed = cutBeforeCommitted(chunk);
        if (!Buffer.isBuffer(passed)) proxy.toGateway = (later) => later;
        return passed;
      };
    });
    expect(attempts).toBe(1);
    expect(await target.findOne({})).toEqual({ _id: 1, n: 1 });
    await session.endSession();
  });

  it('runs a transaction again whose commit did not arrive', async () => {
    const target = collection();
    await target.insertOne({ _id: 1, n: 0 });
    const session = client.startSession();
    let attempts = 0;
    await session.withTransaction(async () => {
      attempts++;
      await target.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
      if (attempts > 1) return;
      proxy.toPostgres = (chunk) => {
        const passed = cutBefore('COMMIT')(chunk);
        if (!Buffer.isBuffer(passed)) proxy.toPostgres = (later) => later;
        return passed;
      };
    });
    expect(attempts).toBe(2);
    expect(await target.findOne({})).toEqual({ _id: 1, n: 1 });
    await session.endSession();
  });

  it('reports a lost cursor as lost', async () => {
    const target = collection();
    await target.insertMany(Array.from({ length: 100 }, (_, number) => ({ _id: number })));
    const cursor = target.find({}, { batchSize: 10 }).sort({ _id: 1 });
    for (let number = 0; number < 10; number++) await cursor.next();
    proxy.refusing = true;
    proxy.cutAll();
    expect((await failureOf(cursor.next())).code).toBe(91);
    await cursor.close();
  });
});
