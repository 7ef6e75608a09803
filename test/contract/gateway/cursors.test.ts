/** Results of many pages, and cursors that end early (MongoDB getMore and killCursors commands). */
import type { AbstractCursor } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { documents, failureOf, ids, testDatabase } from './database.ts';

const { collection, db } = testDatabase('cursors');

const COUNT = 3000;

async function filled() {
  const target = collection();
  await target.insertMany(
    documents(COUNT, (number) => ({ _id: number, z: (number * 7919) % COUNT, p: 'x'.repeat(100) })),
  );
  return target;
}

describe('a cursor', () => {
  it('streams every document once over many pages', async () => {
    const target = await filled();
    const seen = new Set<unknown>();
    for await (const { _id } of target.find({}, { batchSize: 250 })) seen.add(_id);
    expect(seen.size).toBe(COUNT);
  });

  it('keeps the order of a sort without an index', async () => {
    const target = await filled();
    const found = await target.find().sort({ z: 1 }).batchSize(100).toArray();
    expect(found.map(({ z }) => z)).toEqual(Array.from({ length: COUNT }, (_, position) => position));
  });

  it('keeps the order of a sort by the id', async () => {
    const target = await filled();
    const found = await target.find().sort({ _id: -1 }).batchSize(70).toArray();
    expect(ids(found)).toEqual(Array.from({ length: COUNT }, (_, position) => COUNT - 1 - position));
  });

  it('ends at its limit, across and within a page', async () => {
    const target = await filled();
    expect(await target.find().sort({ _id: 1 }).limit(250).batchSize(100).toArray()).toHaveLength(250);
    expect(await target.find().limit(-5).toArray()).toHaveLength(5);
  });

  it('does not keep others from opening: thirty read a grouping at once', async () => {
    const target = await filled();
    const cursors: AbstractCursor[] = [];
    for (let count = 0; count < 30; count++) {
      const cursor = target.aggregate([{ $group: { _id: '$_id' } }, { $sort: { _id: 1 } }], { batchSize: 10 });
      expect(await cursor.next()).toEqual({ _id: 0 });
      cursors.push(cursor);
    }
    for (const cursor of cursors) {
      expect(await cursor.next()).toEqual({ _id: 1 });
      await cursor.close();
    }
  });

  it.each([
    ['streaming', {}],
    ['sorted', { sort: { z: 1 } }],
  ] as const)('that is %s is gone once it is closed', async (_, options) => {
    const target = await filled();
    const cursor = target.find({}, { batchSize: 10, ...options });
    await cursor.next();
    const { id } = cursor;
    await cursor.close();
    const failure = await failureOf(db().command({ getMore: id, collection: target.collectionName }));
    expect(failure.code).toBe(43);
  });

  it('is reported as killed, an unknown one as not found', async () => {
    const target = await filled();
    const cursor = target.find({}, { batchSize: 10 });
    await cursor.next();
    const { id } = cursor;
    const kill = () => db().command({ killCursors: target.collectionName, cursors: [id] }, { promoteLongs: false });
    expect(await kill()).toMatchObject({ cursorsKilled: [id], cursorsNotFound: [] });
    expect(await kill()).toMatchObject({ cursorsKilled: [], cursorsNotFound: [id] });
  });
});
