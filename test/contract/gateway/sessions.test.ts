/** Writes that a driver sends again, and sessions (MongoDB Retryable Writes and Driver Sessions specifications). */
import { type ClientSession, Long, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { failureOf, testDatabase } from './database.ts';

const { collection, client, db } = testDatabase('sessions');
/** A driver that adds no txnNumber of its own. */
let plain: MongoClient;

beforeAll(async () => {
  plain = await new MongoClient(inject('mongodbUri'), { retryWrites: false }).connect();
});
afterAll(() => plain.close());

/** Drivers reuse session ids, so that a number is never used twice here. */
let latestNumber = 0;

function send(session: ClientSession, command: object, txnNumber: number) {
  const numbered = { ...command, txnNumber: Long.fromNumber(txnNumber) };
  return plain.db(db().databaseName).command(numbered, { session });
}

describe('a write that is sent again with its number', () => {
  it('is answered as the first time and applied once', async () => {
    const number = ++latestNumber;
    const target = collection();
    await target.insertOne({ _id: 1, n: 0 });
    const session = plain.startSession();
    const update = { update: target.collectionName, updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } } }] };
    const replies = [await send(session, update, number), await send(session, update, number)];
    expect(replies.map(({ n, nModified }) => [n, nModified])).toEqual([[1, 1], [1, 1]]); // biome-ignore format: one case a line
    expect(await target.findOne({})).toEqual({ _id: 1, n: 1 });
    await session.endSession();
  });

  it('is applied once though both come at the same time', async () => {
    const number = ++latestNumber;
    const target = collection();
    await target.insertOne({ _id: 1, n: 0 });
    const session = plain.startSession();
    const modify = { findAndModify: target.collectionName, query: { _id: 1 }, update: { $inc: { n: 1 } }, new: true };
    const replies = await Promise.all([send(session, modify, number), send(session, modify, number)]);
    expect(replies.map(({ value }) => value.n)).toEqual([1, 1]);
    await session.endSession();
  });

  it('gets a large document again too', async () => {
    const number = ++latestNumber;
    const target = collection();
    await target.insertOne({ _id: 1, n: 0, text: 'x'.repeat(200_000) });
    const session = plain.startSession();
    const modify = { findAndModify: target.collectionName, query: { _id: 1 }, update: { $inc: { n: 1 } }, new: true };
    const first = await send(session, modify, number);
    expect(first['value']).toMatchObject({ n: 1 });
    expect(await send(session, modify, number)).toMatchObject({ value: first['value'] });
    await session.endSession();
  });

  it('is refused when a later one was sent meanwhile', async () => {
    const number = ++latestNumber;
    const target = collection();
    const session = plain.startSession();
    const insert = (_id: number) => ({ insert: target.collectionName, documents: [{ _id }] });
    await send(session, insert(1), number);
    await send(session, insert(2), ++latestNumber);
    expect((await failureOf(send(session, insert(1), number))).code).toBe(225);
    await session.endSession();
  });

  it('has numbers of its own in each session', async () => {
    const number = ++latestNumber;
    const target = collection();
    const insert = (_id: number) => ({ insert: target.collectionName, documents: [{ _id }] });
    const [first, second] = [plain.startSession(), plain.startSession()];
    await send(first, insert(1), number);
    await send(second, insert(2), number);
    expect(await target.countDocuments()).toBe(2);
    await Promise.all([first.endSession(), second.endSession()]);
  });
});

describe('a session', () => {
  it('is started and refreshed on request', async () => {
    const started = await client().db('admin').command({ startSession: 1 });
    expect(started).toMatchObject({ id: { id: expect.anything() }, timeoutMinutes: 30 });
    expect(
      await client()
        .db('admin')
        .command({ refreshSessions: [started['id']] }),
    ).toMatchObject({ ok: 1 });
  });

  it('with a snapshot reads', async () => {
    const target = collection();
    await target.insertOne({ _id: 1 });
    const session = client().startSession({ snapshot: true });
    expect(await target.find({}, { session }).toArray()).toEqual([{ _id: 1 }]);
    await session.endSession();
  });
});
