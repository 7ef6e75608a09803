/** Filters, projections and sorts (MongoDB query language). */
import { Decimal128, Long } from 'mongodb';
import { describe, expect, inject, it } from 'vitest';
import { documents, failureOf, ids, testDatabase } from './database.ts';

const { collection, db } = testDatabase('queries');

describe('a filter', () => {
  it.each([
    [{ a: { $in: [1, null] } }, [1, 3, 4]],
    [{ a: { $exists: false } }, [4]],
    [{ a: null }, [3, 4]],
    [{ t: 'x' }, [1, 4]],
    [{ t: { $all: ['x', 'y'] } }, [1]],
    [{ t: { $size: 1 } }, [2]],
    [{ s: /^ab/ }, [1]],
    [{ s: { $regex: '^ab', $options: 'i' } }, [1, 2]],
    [{ $or: [{ a: 1 }, { 'o.n': 7 }] }, [1, 4]],
    [{ $nor: [{ a: 1 }] }, [2, 3, 4]],
    [{ a: { $not: { $gt: 1 } } }, [1, 3, 4]],
    [{ a: { $ne: 1 } }, [2, 3, 4]],
    [{ a: { $nin: [1, 2] } }, [3, 4]],
    [{ a: { $type: 'null' } }, [3]],
    [{ $expr: { $gt: ['$o.n', 5] } }, [4]],
    [{ a: { $mod: [2, 0] } }, [2]],
    [{ a: { $gte: 1, $lt: 2 } }, [1]],
    [{ 'o.n': { $gt: 4 } }, [1, 4]],
    [{ s: { $not: /^z/ } }, [1, 2, 4]],
    [{ s: { $in: [/^ab/i, 'zzz'] } }, [1, 2, 3]],
  ])('%j selects what MongoDB selects', async (filter, expected) => {
    const target = collection();
    await target.insertMany([
      { _id: 1, a: 1, t: ['x', 'y'], o: { n: 5 }, s: 'abc' },
      { _id: 2, a: 2, t: ['y'], s: 'ABD' },
      { _id: 3, a: null, t: [], s: 'zzz' },
      { _id: 4, t: 'x', o: { n: 7 } },
    ]);
    expect(ids(await target.find(filter).sort({ _id: 1 }).toArray())).toEqual(expected);
  });

  it('holds for one array element as a whole with $elemMatch, for several without', async () => {
    const target = collection();
    await target.insertMany([
      { _id: 1, id: [{ s: 'u', v: '1' }, { s: 'w', v: '2' }] }, // biome-ignore format: one document a line
      { _id: 2, id: [{ s: 'u', v: '2' }] },
    ]);
    const find = async (filter: object) => ids(await target.find(filter).sort({ _id: 1 }).toArray());
    expect(await find({ id: { $elemMatch: { s: 'u', v: '2' } } })).toEqual([2]);
    expect(await find({ 'id.s': 'u', 'id.v': '2' })).toEqual([1, 2]);
    expect(await find({ id: { $not: { $elemMatch: { s: 'w' } } } })).toEqual([2]);
  });

  it('compares numbers across their types and exactly', async () => {
    const target = collection();
    await target.insertMany([
      { _id: 1, d: Decimal128.fromString('1.50') },
      { _id: 2, d: Decimal128.fromString('10') },
      { _id: 3, l: Long.fromString('9007199254740993') },
    ]);
    expect(ids(await target.find({ d: 1.5 }).toArray())).toEqual([1]);
    expect(ids(await target.find({ d: { $gt: Decimal128.fromString('1.4'), $lt: 11 } }).sort({ d: -1 }).toArray())).toEqual([2, 1]); // biome-ignore format: one case a line
    expect(await target.countDocuments({ l: Long.fromString('9007199254740992') })).toBe(0);
    expect(await target.countDocuments({ l: Long.fromString('9007199254740993') })).toBe(1);
  });

  it('matches a document id only with its fields in the same order', async () => {
    const target = db().collection<{ _id: object }>('document_ids');
    await target.insertOne({ _id: { x: 1, y: 2 } });
    expect(await target.countDocuments({ _id: { x: 1, y: 2 } })).toBe(1);
    expect(await target.countDocuments({ _id: { y: 2, x: 1 } })).toBe(0);
  });

  it('may list thousands of ids and hundreds of alternatives', async () => {
    const target = collection();
    await target.insertMany(documents(3000, (number) => ({ _id: number, a: number })));
    expect(await target.countDocuments({ _id: { $in: Array.from({ length: 5000 }, (_, number) => number) } })).toBe(3000); // biome-ignore format: one case a line
    expect(await target.countDocuments({ $or: documents(200, (number) => ({ a: number })) })).toBe(200);
  });

  it.each([
    ['an unknown operator', { s: { $foo: 1 } }, 2],
    ['a damaged regular expression', { s: { $regex: '(' } }, 51091],
  ])('with %s is refused', async (_, filter, code) => {
    const target = collection();
    await target.insertOne({ s: 'text' });
    expect((await failureOf(target.find(filter).toArray())).code).toBe(code);
  });
});

describe('a find', () => {
  it('projects fields, slices, elements and expressions', async () => {
    const target = collection();
    const items = [{ s: 1 }, { s: 2 }];
    await target.insertOne({ _id: 1, a: { b: 1, c: 2 }, list: [1, 2, 3, 4], items });
    const project = (projection: object, filter = {}) => target.findOne(filter, { projection });
    expect(await project({ 'a.b': 1, _id: 0 })).toEqual({ a: { b: 1 } });
    expect(await project({ list: 0, items: 0 })).toEqual({ _id: 1, a: { b: 1, c: 2 } });
    expect(await project({ list: { $slice: 2 } })).toMatchObject({ list: [1, 2] });
    expect(await project({ items: { $elemMatch: { s: 2 } } })).toEqual({ _id: 1, items: [{ s: 2 }] });
    expect(await project({ 'items.$': 1 }, { 'items.s': 2 })).toEqual({ _id: 1, items: [{ s: 2 }] });
    expect(await project({ sum: { $add: ['$a.b', 1] } })).toEqual({ _id: 1, sum: 2 });
  });

  it('sorts values of different types in their order, arrays by their ends', async () => {
    const target = collection();
    await target.insertMany([
      { _id: 1, v: 3 },
      { _id: 2 },
      { _id: 3, v: null },
      { _id: 4, v: 'a' },
      { _id: 5, v: [9, 0] },
    ]);
    expect(ids(await target.find().sort({ v: 1, _id: 1 }).toArray())).toEqual([2, 3, 5, 1, 4]);
    expect(ids(await target.find().sort({ v: -1, _id: 1 }).toArray())).toEqual([4, 5, 1, 2, 3]);
    expect(ids(await target.find().sort({ _id: 1 }).skip(1).limit(2).toArray())).toEqual([2, 3]);
  });

  it('knows variables, comments, read concerns and read preferences', async () => {
    const target = collection();
    await target.insertOne({ a: 1 });
    const options = { comment: 'x', readConcern: { level: 'majority' }, let: { v: 1 } } as const;
    expect(await target.find({ $expr: { $eq: ['$a', '$$v'] } }, options).toArray()).toHaveLength(1);
    expect(await target.find({}, { readPreference: 'secondaryPreferred' }).toArray()).toHaveLength(1);
  });

  it('on a collection that does not exist finds nothing', async () => {
    const missing = collection();
    expect(await missing.find().toArray()).toEqual([]);
    expect(await missing.countDocuments({ a: 1 })).toBe(0);
    expect(await missing.estimatedDocumentCount()).toBe(0);
    expect((await missing.deleteMany({})).deletedCount).toBe(0);
    expect((await missing.updateOne({ a: 1 }, { $set: { b: 1 } })).matchedCount).toBe(0);
  });

  it('ends with code 50 when it takes longer than its limit', async () => {
    const slow = collection();
    await slow.insertMany(documents(15_000, (number) => ({ _id: number, s: 'a'.repeat(500) })));
    const filter = { $expr: { $eq: [{ $strLenCP: '$s' }, 7] } };
    expect((await failureOf(slow.find(filter).maxTimeMS(2).toArray())).code).toBe(50);
    const grouped = slow.aggregate([{ $match: filter }, { $group: { _id: '$s' } }], { maxTimeMS: 2 });
    expect((await failureOf(grouped.toArray())).code).toBe(50);
    expect((await failureOf(slow.countDocuments(filter, { maxTimeMS: 2 }))).code).toBe(50);
    expect(await slow.countDocuments()).toBe(15_000);
  });

  it('refuses a collation rather than ignoring it, or applies it', async () => {
    const target = collection();
    await target.insertMany([{ _id: 1, n: 'José' }, { _id: 2, n: 'jose' }]); // biome-ignore format: one case a line
    const found = target.find({ n: 'JOSE' }, { collation: { locale: 'en', strength: 1 } }).toArray();
    // Documented difference: DocumentDB has no collations.
    if (inject('engineKind') === 'documentdb') expect((await failureOf(found)).code).toBe(115);
    else expect(ids(await found)).toEqual([1, 2]);
  });
});

describe('count and distinct', () => {
  it('count with filter, limit and estimate', async () => {
    const target = collection();
    await target.insertMany(documents(300, (number) => ({ number })));
    expect(await target.countDocuments({ number: { $lt: 100 } })).toBe(100);
    expect(await target.countDocuments({}, { limit: 50 })).toBe(50);
    expect(await target.estimatedDocumentCount()).toBe(300);
    expect(await db().command({ count: target.collectionName, query: { number: 5 } })).toMatchObject({ n: 1 });
  });

  it('distinct takes arrays apart', async () => {
    const target = collection();
    await target.insertMany([{ a: 1 }, { a: [1, 2] }, { a: 3 }]);
    expect((await target.distinct('a')).sort()).toEqual([1, 2, 3]);
    expect(await target.distinct('a', { a: 3 })).toEqual([3]);
  });
});
