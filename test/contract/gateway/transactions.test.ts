/** Multi-document transactions (MongoDB Transactions specification). */
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientSession } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { documents, failureOf, ids, testDatabase } from './database.ts';

const { collection, client, db } = testDatabase('transactions');

async function inSession<T>(work: (session: ClientSession) => Promise<T>): Promise<T> {
  const session = client().startSession();
  try {
    return await work(session);
  } finally {
    await session.endSession();
  }
}

describe('a transaction', () => {
  it('sees its own writes, others see them once it is committed', async () => {
    const target = collection();
    await target.insertOne({ _id: 0 });
    await inSession(async (session) => {
      session.startTransaction();
      await target.insertOne({ _id: 1 }, { session });
      expect(await target.countDocuments({}, { session })).toBe(2);
      expect(await target.findOne({ _id: 1 })).toBeNull();
      await session.commitTransaction();
      expect(await target.findOne({ _id: 1 })).toEqual({ _id: 1 });
    });
  });

  it('leaves nothing when it is aborted', async () => {
    const target = collection();
    await target.insertMany([{ _id: 0 }, { _id: 1 }]);
    await inSession(async (session) => {
      session.startTransaction();
      await target.updateOne({ _id: 1 }, { $set: { x: 1 } }, { session });
      await target.deleteOne({ _id: 0 }, { session });
      await session.abortTransaction();
    });
    expect(await target.find().sort({ _id: 1 }).toArray()).toEqual([{ _id: 0 }, { _id: 1 }]);
  });

  it('leaves nothing when its session ends', async () => {
    const target = collection();
    await target.insertOne({ _id: 0 });
    await inSession(async (session) => {
      session.startTransaction();
      await target.insertOne({ _id: 1 }, { session });
    });
    expect(await target.countDocuments()).toBe(1);
    await target.insertOne({ _id: 1 });
  });

  it('reads one snapshot whatever others write meanwhile', async () => {
    const target = collection();
    await target.insertOne({ _id: 1, n: 1 });
    await inSession(async (session) => {
      session.startTransaction();
      expect(await target.findOne({ _id: 1 }, { session })).toEqual({ _id: 1, n: 1 });
      await target.updateOne({ _id: 1 }, { $set: { n: 2 } });
      await target.insertOne({ _id: 2 });
      expect(await target.find({}, { session }).toArray()).toEqual([{ _id: 1, n: 1 }]);
      await session.commitTransaction();
    });
  });

  it('is all or nothing over several collections', async () => {
    const [current, history] = [collection(), db().collection<{ _id: string }>('history')];
    await current.insertOne({ _id: 1, v: 1 });
    await history.insertOne({ _id: '1/2' });
    const failure = await failureOf(
      inSession((session) =>
        session.withTransaction(async () => {
          await current.updateOne({ _id: 1 }, { $set: { v: 2 } }, { session });
          await history.insertOne({ _id: '1/2' }, { session });
        }),
      ),
    );
    expect(failure.code).toBe(11000);
    expect(await current.findOne({})).toEqual({ _id: 1, v: 1 });
  });

  it('runs bulk writes, findAndModify, groupings and cursors of many pages', async () => {
    const target = collection();
    await target.insertMany(documents(500, (number) => ({ _id: number })));
    await inSession((session) =>
      session.withTransaction(async () => {
        await target.findOneAndUpdate({ _id: 1 }, { $set: { a: 1 } }, { session });
        const bulk = [{ insertOne: { document: { _id: 900 } } }, { deleteOne: { filter: { _id: 2 } } }];
        await target.bulkWrite(bulk, { session });
        expect(await target.find({}, { session, batchSize: 100 }).toArray()).toHaveLength(500);
        const grouping = [{ $group: { _id: '$_id' } }, { $sort: { _id: -1 } }];
        const grouped = await target.aggregate(grouping, { session, batchSize: 50 }).toArray();
        expect([grouped.length, grouped[0]?.['_id']]).toEqual([500, 900]);
      }),
    );
    expect(await target.countDocuments()).toBe(500);
  });

  it('lets an unsorted and a sorted cursor be read by turns', async () => {
    const target = collection();
    await target.insertMany(documents(200, (number) => ({ _id: number, z: -number })));
    await inSession((session) =>
      session.withTransaction(async () => {
        const all = target.find({}, { session, batchSize: 10 });
        const sorted = target.find({}, { session, batchSize: 10 }).sort({ z: 1 });
        const seen = new Set<unknown>();
        for (let number = 0; number < 200; number++) {
          seen.add((await all.next())?._id);
          expect((await sorted.next())?._id).toBe(199 - number);
        }
        expect(seen.size).toBe(200);
      }),
    );
  });

  it('is over after an error: what follows is refused as transient', async () => {
    const target = collection();
    await target.insertOne({ _id: 1 });
    await inSession(async (session) => {
      session.startTransaction();
      expect((await failureOf(target.insertOne({ _id: 1 }, { session }))).code).toBe(11000);
      const failure = await failureOf(target.insertOne({ _id: 2 }, { session }));
      expect([failure.code, failure.hasErrorLabel('TransientTransactionError')]).toEqual([251, true]);
      await session.abortTransaction();
    });
    expect(await target.countDocuments()).toBe(1);
  });

  it('may be committed twice', async () => {
    const target = collection();
    await inSession(async (session) => {
      session.startTransaction();
      await target.insertOne({ _id: 1 }, { session });
      await session.commitTransaction();
      await session.commitTransaction();
    });
    expect(await target.countDocuments()).toBe(1);
  });

  it('does not change indexes of what is there', async () => {
    const target = collection();
    await target.insertOne({ _id: 1 });
    await inSession(async (session) => {
      session.startTransaction();
      const command = { createIndexes: target.collectionName, indexes: [{ key: { a: 1 }, name: 'a_1' }] };
      expect((await failureOf(db().command(command, { session }))).code).toBe(263);
      await session.abortTransaction();
    });
  });
});

describe('two transactions', () => {
  it('that write one document conflict: the later one may be tried again', async () => {
    const target = collection();
    await target.insertOne({ _id: 1, n: 0 });
    const [first, second] = [client().startSession(), client().startSession()];
    first.startTransaction();
    second.startTransaction();
    await target.findOne({ _id: 1 }, { session: second });
    await target.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: first });
    const refused = failureOf(target.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: second }));
    await delay(50);
    await first.commitTransaction();
    const failure = await refused;
    expect([failure.code, failure.hasErrorLabel('TransientTransactionError')]).toEqual([112, true]);
    await Promise.all([first.endSession(), second.endSession()]);
    expect(await target.findOne({})).toEqual({ _id: 1, n: 1 });
  });

  it('that wait for each other do not wait for ever', async () => {
    const target = collection();
    await target.insertMany([{ _id: 1, n: 0 }, { _id: 2, n: 0 }]); // biome-ignore format: one case a line
    const [first, second] = [client().startSession(), client().startSession()];
    const increment = (_id: number, session: ClientSession) =>
      target.updateOne({ _id }, { $inc: { n: 1 } }, { session });
    first.startTransaction();
    second.startTransaction();
    await increment(1, first);
    await increment(2, second);
    const results = await Promise.allSettled([increment(2, first), increment(1, second)]);
    const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason.code);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused)).toEqual(new Set([112]));
    await Promise.all([first.endSession(), second.endSession()]);
  });
});

describe('many transactions', () => {
  it('on one document are repeated until each has counted', async () => {
    const target = collection();
    await target.insertOne({ _id: 1, n: 0 });
    const increment = () =>
      inSession((session) =>
        session.withTransaction(async () => {
          const found = await target.findOne({ _id: 1 }, { session });
          await target.updateOne({ _id: 1 }, { $set: { n: (found?.['n'] ?? 0) + 1 } }, { session });
        }),
      );
    await Promise.all(Array.from({ length: 8 }, increment));
    expect(await target.findOne({})).toEqual({ _id: 1, n: 8 });
  });

  it('more than there are connections all come to their turn', async () => {
    const target = collection();
    await target.insertMany(documents(50, (number) => ({ _id: number, n: 0 })));
    const work = (client_: number) =>
      inSession(async (session) => {
        for (let round = 0; round < 4; round++) {
          await session.withTransaction(async () => {
            await target.updateOne({ _id: client_ }, { $inc: { n: 1 } }, { session });
            await target.insertOne({ _id: `${client_}/${round}` }, { session });
          });
        }
      });
    await Promise.all(Array.from({ length: 50 }, (_, number) => work(number)));
    expect(await target.countDocuments({ n: 4 })).toBe(50);
    expect(await target.countDocuments({ n: { $exists: false } })).toBe(200);
  });
});

it('a causally consistent session reads what it wrote', async () => {
  const target = collection();
  await inSession(async (session) => {
    await target.insertOne({ _id: 1 }, { session });
    expect(ids(await target.find({}, { session }).toArray())).toEqual([1]);
  });
});
