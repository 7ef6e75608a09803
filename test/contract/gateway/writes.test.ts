/** Inserts, updates, replacements and deletes as drivers send them (MongoDB CRUD and write commands specifications). */
import { setTimeout as delay } from 'node:timers/promises';
import type { MongoBulkWriteError } from 'mongodb';
import { describe, expect, inject, it } from 'vitest';
import { anyUpdate, documents, failureOf, ids, testDatabase } from './database.ts';

const { collection, db } = testDatabase('writes');

describe('insert', () => {
  it('stops an ordered batch at the first refused document', async () => {
    const target = collection();
    const failure = await failureOf(target.insertMany([{ _id: 1 }, { _id: 1 }, { _id: 2 }]));
    expect(failure.code).toBe(11000);
    expect(ids(await target.find().toArray())).toEqual([1]);
  });

  it('goes on behind refused documents of an unordered batch and reports each', async () => {
    const target = collection();
    await target.insertOne({ _id: 1 });
    const batch = [{ _id: 1 }, { _id: 3 }, { _id: 1 }, { _id: 4 }];
    const failure = (await failureOf(target.insertMany(batch, { ordered: false }))) as MongoBulkWriteError;
    expect([failure.writeErrors].flat().map(({ index, code }) => [index, code])).toEqual([
      [0, 11000],
      [2, 11000],
    ]);
    expect(failure.insertedCount).toBe(2);
    expect(await target.countDocuments()).toBe(3);
  });

  it('splits what is more than one batch', async () => {
    const target = collection();
    const result = await target.insertMany(documents(30_000, (number) => ({ _id: number })));
    expect(result.insertedCount).toBe(30_000);
    expect(await target.countDocuments()).toBe(30_000);
  });

  it('takes documents inside the command body', async () => {
    const target = collection();
    const reply = await db().command({ insert: target.collectionName, documents: [{ _id: 1 }, { z: 1 }] });
    expect(reply).toMatchObject({ n: 2, ok: 1 });
  });

  it('takes effect without acknowledgement too', async () => {
    const target = collection();
    await target.insertOne({ _id: 1 }, { writeConcern: { w: 0 } });
    for (let tries = 0; tries < 100 && (await target.countDocuments()) === 0; tries++) await delay(20);
    expect(await target.countDocuments()).toBe(1);
  });

  it('accepts write concerns and comments', async () => {
    const target = collection();
    await target.insertOne({ _id: 1 }, { writeConcern: { w: 'majority', j: true }, comment: 'why' });
    expect(await target.countDocuments()).toBe(1);
  });
});

describe('update', () => {
  it('applies the field and array operators', async () => {
    const target = collection();
    await target.insertOne({ _id: 1, a: 1, list: [1, 2, 3], tags: ['x'], o: { p: 1, q: 2 }, old: 5 });
    const result = await target.updateOne(
      { _id: 1 },
      anyUpdate({
        $set: { 'o.p': 5 },
        $inc: { a: 2 },
        $push: { list: { $each: [9, 8], $slice: -4, $sort: 1 } },
        $addToSet: { tags: { $each: ['x', 'y'] } },
        $unset: { 'o.q': '' },
        $min: { least: 3 },
        $max: { most: 4 },
        $mul: { product: 2 },
        $rename: { old: 'renamed' },
      }),
    );
    expect(result).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect(await target.findOne({ _id: 1 })).toEqual({
      _id: 1,
      a: 3,
      list: [2, 3, 8, 9],
      tags: ['x', 'y'],
      o: { p: 5 },
      least: 3,
      most: 4,
      product: 0,
      renamed: 5,
    });
  });

  it('reaches array elements by filter, by match and all of them', async () => {
    const target = collection();
    const items = [
      { s: 'a', v: 1 },
      { s: 'b', v: 2 },
    ];
    await target.insertOne({ _id: 1, items });
    await target.updateOne({ _id: 1 }, { $set: { 'items.$[e].v': 10 } }, { arrayFilters: [{ 'e.s': 'b' }] });
    await target.updateOne({ _id: 1, 'items.s': 'a' }, { $set: { 'items.$.v': 7 } });
    await target.updateOne({ _id: 1 }, { $inc: { 'items.$[].v': 1 } });
    expect((await target.findOne({}))?.['items']).toEqual([
      { s: 'a', v: 8 },
      { s: 'b', v: 11 },
    ]);
  });

  it('removes array elements and sets bits and dates', async () => {
    const target = collection();
    await target.insertOne({ _id: 1, items: [{ s: 'a' }, { s: 'b' }], list: [1, 2], bits: 3 });
    await target.updateOne(
      { _id: 1 },
      anyUpdate({
        $pull: { items: { s: 'a' } },
        $pop: { list: 1 },
        $bit: { bits: { or: 4 } },
        $currentDate: { at: true },
      }),
    );
    expect(await target.findOne({})).toEqual({ _id: 1, items: [{ s: 'b' }], list: [1], bits: 7, at: expect.any(Date) });
  });

  it('runs a pipeline', async () => {
    const target = collection();
    await target.insertOne({ _id: 1, a: 2 });
    await target.updateOne({ _id: 1 }, [{ $set: { b: { $add: ['$a', 1] }, now: '$$NOW' } }, { $unset: 'a' }]);
    expect(await target.findOne({})).toEqual({ _id: 1, b: 3, now: expect.any(Date) });
  });

  it('upserts with the fields of its equality conditions', async () => {
    const target = collection();
    const update = { $setOnInsert: { c: 1 }, $set: { d: 2 } };
    const result = await target.updateOne({ a: 5, b: { $gt: 1 } }, update, { upsert: true });
    expect(result.upsertedCount).toBe(1);
    expect(await target.findOne({})).toEqual({ _id: result.upsertedId, a: 5, c: 1, d: 2 });
  });

  it('counts what matched and what changed', async () => {
    const target = collection();
    await target.insertMany(documents(50, (number) => ({ _id: number, g: number % 5 })));
    expect(await target.updateMany({ g: 1 }, { $set: { x: 1 } })).toMatchObject({
      matchedCount: 10,
      modifiedCount: 10,
    });
    expect(await target.updateMany({ g: 1 }, { $set: { x: 1 } })).toMatchObject({ matchedCount: 10, modifiedCount: 0 });
    expect(await target.updateOne({ g: 9 }, { $set: { x: 1 } })).toMatchObject({ matchedCount: 0, modifiedCount: 0 });
  });

  it.each([
    ['a change of _id', { $set: { _id: 2 } }, 66],
    ['two operators on one path', { $set: { 'q.a': 1 }, $inc: { q: 1 } }, 40],
    ['$inc of a string', { $inc: { s: 1 } }, 14],
    ['$push to a string', { $push: { s: 1 } }, 2],
  ])('refuses %s with its code', async (_, update, code) => {
    const target = collection();
    await target.insertOne({ _id: 1, s: 'text' });
    expect((await failureOf(target.updateOne({ _id: 1 }, anyUpdate(update)))).code).toBe(code);
  });
});

describe('replace', () => {
  it('stores the replacement, inserting it when nothing matches', async () => {
    const target = collection();
    const inserted = await target.replaceOne({ _id: 'q' }, { v: 1 }, { upsert: true });
    expect(inserted).toMatchObject({ upsertedCount: 1, upsertedId: 'q', matchedCount: 0 });
    expect(await target.replaceOne({ _id: 'q' }, { v: 2 })).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect(await target.findOne({})).toEqual({ _id: 'q', v: 2 });
  });

  it('matches an identical replacement', async () => {
    const target = collection();
    await target.insertOne({ _id: 1, v: 2 });
    const result = await target.replaceOne({ _id: 1 }, { v: 2 });
    expect(result.matchedCount).toBe(1);
    // Documented difference: DocumentDB counts an identical replacement as a change.
    expect(result.modifiedCount).toBe(inject('engineKind') === 'documentdb' ? 1 : 0);
  });
});

describe('delete', () => {
  it('removes one or all that match', async () => {
    const target = collection();
    await target.insertMany(documents(50, (number) => ({ _id: number, g: number % 5 })));
    expect((await target.deleteMany({ g: 2 })).deletedCount).toBe(10);
    expect((await target.deleteOne({ g: 1 })).deletedCount).toBe(1);
    expect((await target.deleteOne({ g: 9 })).deletedCount).toBe(0);
    expect(await target.countDocuments()).toBe(39);
  });
});

describe('findAndModify', () => {
  it('gives the document before or after the change', async () => {
    const target = collection();
    await target.insertOne({ _id: 1, v: 1, o: { a: 1 } });
    expect(await target.findOneAndUpdate({ _id: 1 }, { $inc: { v: 1 } })).toEqual({ _id: 1, v: 1, o: { a: 1 } });
    const options = { returnDocument: 'after', projection: { v: 1 } } as const;
    expect(await target.findOneAndUpdate({ _id: 1 }, { $inc: { v: 1 } }, options)).toEqual({ _id: 1, v: 3 });
    expect(await target.findOneAndUpdate({ _id: 1, v: 99 }, { $inc: { v: 1 } })).toBeNull();
  });

  it('upserts and reports the new id', async () => {
    const target = collection();
    const options = { upsert: true, returnDocument: 'after', includeResultMetadata: true } as const;
    const result = await target.findOneAndUpdate({ _id: 2 }, { $set: { v: 1 } }, options);
    expect(result.value).toEqual({ _id: 2, v: 1 });
    expect(result.lastErrorObject).toMatchObject({ n: 1, updatedExisting: false, upserted: 2 });
  });

  it('replaces, deletes and takes the first by a sort', async () => {
    const target = collection();
    await target.insertMany([{ _id: 1 }, { _id: 2 }]);
    expect(await target.findOneAndReplace({ _id: 1 }, { z: 1 }, { returnDocument: 'after' })).toEqual({ _id: 1, z: 1 });
    expect(await target.findOneAndDelete({ _id: 1 })).toEqual({ _id: 1, z: 1 });
    await target.insertOne({ _id: 3 });
    expect(await target.findOneAndUpdate({}, { $set: { s: 1 } }, { sort: { _id: -1 } })).toEqual({ _id: 3 });
  });
});

describe('a bulk of writes', () => {
  it('runs different kinds in order', async () => {
    const target = collection();
    const result = await target.bulkWrite([
      { insertOne: { document: { _id: 1, a: 1 } } },
      { updateOne: { filter: { _id: 1 }, update: { $set: { a: 2 } } } },
      { replaceOne: { filter: { _id: 2 }, replacement: { z: 1 }, upsert: true } },
      { updateMany: { filter: {}, update: { $set: { q: 1 } } } },
      { deleteOne: { filter: { _id: 1 } } },
      { deleteMany: { filter: { _id: 77 } } },
    ]);
    expect(result).toMatchObject({ insertedCount: 1, upsertedCount: 1, upsertedIds: { 2: 2 }, deletedCount: 1 });
    expect(await target.find().toArray()).toEqual([{ _id: 2, z: 1, q: 1 }]);
  });
});
