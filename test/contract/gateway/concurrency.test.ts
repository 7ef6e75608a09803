/** Many clients at once on the same documents (the promises a version-checked store is built on). */
import type { MongoBulkWriteError } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { documents, failureOf, testDatabase } from './database.ts';

const { collection } = testDatabase('concurrency');

function codesOf(results: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return [...new Set(results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : [])))];
}

describe('fifty clients', () => {
  it('that update the same version have exactly one winner', async () => {
    const target = collection();
    await target.insertOne({ _id: 1, v: 1 });
    const update = (by: number) => target.updateOne({ _id: 1, v: 1 }, { $set: { v: 2, by } });
    const results = await Promise.all(Array.from({ length: 50 }, (_, number) => update(number)));
    expect(results.filter(({ matchedCount }) => matchedCount === 1)).toHaveLength(1);
  });

  it('that insert the same id have exactly one winner', async () => {
    const target = collection();
    const insert = (by: number) => target.insertOne({ _id: 'x', by });
    const results = await Promise.allSettled(Array.from({ length: 50 }, (_, number) => insert(number)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(codesOf(results)).toEqual([11000]);
  });

  it('that insert the same unique key have exactly one winner', async () => {
    const target = collection();
    await target.createIndex({ s: 1, v: 1 }, { unique: true });
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => target.insertOne({ s: 'a', v: 'b' })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(codesOf(results)).toEqual([11000]);
  });

  it('that count with findAndModify get fifty numbers', async () => {
    const target = collection();
    const options = { upsert: true, returnDocument: 'after' } as const;
    const next = () => target.findOneAndUpdate({ _id: 'sequence' }, { $inc: { n: 1 } }, options);
    const results = await Promise.all(Array.from({ length: 50 }, next));
    expect(new Set(results.map((result) => result?.['n'])).size).toBe(50);
  });

  it('that upsert the same id all count', async () => {
    const target = collection();
    const upsert = () => target.updateOne({ _id: 'x' }, { $inc: { n: 1 } }, { upsert: true });
    await Promise.all(Array.from({ length: 50 }, upsert));
    expect(await target.findOne({})).toEqual({ _id: 'x', n: 50 });
  });

  it('that write first into a collection all make it', async () => {
    const target = collection();
    await Promise.all(documents(50, (number) => ({ _id: number })).map((document) => target.insertOne(document)));
    expect(await target.countDocuments()).toBe(50);
  });
});

it('version-checked replacements of many clients form one chain', async () => {
  const target = collection();
  await target.insertOne({ _id: 1, v: 0 });
  const climb = async () => {
    for (let won = 0; won < 5; ) {
      const v = (await target.findOne({ _id: 1 }))?.['v'];
      won += (await target.replaceOne({ _id: 1, v }, { v: v + 1 })).matchedCount;
    }
  };
  await Promise.all(Array.from({ length: 10 }, climb));
  expect(await target.findOne({})).toEqual({ _id: 1, v: 50 });
});

const COUNT = 9;
const BATCHES = 4;

/** Increments every document, batches going round in both directions from different places. */
function roundTrip(number: number) {
  const step = number % 2 === 0 ? 1 : COUNT - 1;
  return Array.from({ length: COUNT }, (_, index) => {
    const _id = (number * 4 + index * step) % COUNT;
    return { updateOne: { filter: { _id }, update: { $inc: { n: 1 } } } };
  });
}

describe.each([true, false])('batches that lock the same documents in different orders (ordered: %s)', (ordered) => {
  it('all take full effect, exactly once', async () => {
    const target = collection();
    await target.insertMany(documents(COUNT, (number) => ({ _id: number, n: 0 })));
    const run = (number: number) => target.bulkWrite(roundTrip(number), { ordered });
    const results = await Promise.all(Array.from({ length: BATCHES }, (_, number) => run(number)));
    expect(results.every(({ modifiedCount }) => modifiedCount === COUNT)).toBe(true);
    expect(await target.countDocuments({ n: BATCHES })).toBe(COUNT);
  });

  it('report their refused statement at its place', async () => {
    const target = collection();
    await target.insertMany(documents(COUNT, (number) => ({ _id: number, n: 0, s: 'text' })));
    const refused = { updateOne: { filter: { _id: 0 }, update: { $inc: { s: 1 } } } };
    const run = (number: number) => failureOf(target.bulkWrite([...roundTrip(number), refused], { ordered }));
    const failures = await Promise.all(Array.from({ length: BATCHES }, (_, number) => run(number)));
    const places = failures.map((failure) => {
      const { writeErrors } = failure as unknown as MongoBulkWriteError;
      return [writeErrors].flat().map(({ code, index }) => [code, index]);
    });
    expect(places).toEqual(Array.from({ length: BATCHES }, () => [[14, COUNT]]));
    expect(await target.countDocuments({ n: BATCHES })).toBe(COUNT);
  });
});
