/** Aggregation stages and expressions that the server or its reports may use (MongoDB aggregation). */
import { describe, expect, inject, it } from 'vitest';
import { documents, failureOf, ids, testDatabase } from './database.ts';

const { collection, db } = testDatabase('aggregation');

describe('grouping', () => {
  it('accumulates per group', async () => {
    const target = collection();
    await target.insertMany(documents(100, (number) => ({ _id: number, g: number % 4, v: number })));
    const groups = await target
      .aggregate([
        { $match: { v: { $gte: 10 } } },
        {
          $group: {
            _id: '$g',
            n: { $sum: 1 },
            most: { $max: '$v' },
            least: { $min: '$v' },
            mean: { $avg: '$v' },
            all: { $push: '$v' },
            set: { $addToSet: '$g' },
          },
        },
        { $sort: { _id: 1 } },
        { $project: { n: 1, most: 1, least: 1, mean: 1, set: 1, count: { $size: '$all' } } },
      ])
      .toArray();
    expect(groups).toEqual([
      { _id: 0, n: 22, most: 96, least: 12, mean: 54, set: [0], count: 22 },
      { _id: 1, n: 22, most: 97, least: 13, mean: 55, set: [1], count: 22 },
      { _id: 2, n: 23, most: 98, least: 10, mean: 54, set: [2], count: 23 },
      { _id: 3, n: 23, most: 99, least: 11, mean: 55, set: [3], count: 23 },
    ]);
  });

  it('takes dates apart', async () => {
    const target = collection();
    await target.insertMany(documents(24, (number) => ({ d: new Date(Date.UTC(2024, number % 12, 3)) })));
    const byMonth = { $dateToString: { date: '$d', format: '%Y-%m' } };
    const months = await target
      .aggregate([{ $group: { _id: byMonth, n: { $sum: 1 } } }, { $sort: { _id: 1 } }])
      .toArray();
    expect(months[0]).toEqual({ _id: '2024-01', n: 2 });
    const truncated = { $dateTrunc: { date: '$d', unit: 'quarter' } };
    expect(await target.aggregate([{ $group: { _id: truncated } }]).toArray()).toHaveLength(4);
  });

  it('goes over many keys', async () => {
    const target = collection();
    await target.insertMany(documents(20_000, (number) => ({ _id: number })));
    const stages = [{ $group: { _id: '$_id' } }, { $count: 'n' }];
    expect(await target.aggregate(stages, { allowDiskUse: true }).toArray()).toEqual([{ n: 20_000 }]);
  });

  it('fills buckets and counts values', async () => {
    const target = collection();
    await target.insertMany(documents(100, (number) => ({ v: number, c: number % 3 })));
    const run = (stage: object) => target.aggregate([stage]).toArray();
    expect(await run({ $bucket: { groupBy: '$v', boundaries: [0, 50, 100] } })).toHaveLength(2);
    expect(await run({ $bucketAuto: { groupBy: '$v', buckets: 4 } })).toHaveLength(4);
    expect((await run({ $sortByCount: '$c' }))[0]).toEqual({ _id: 0, count: 34 });
    expect(await run({ $sample: { size: 5 } })).toHaveLength(5);
  });

  it('finds percentiles and extremes', async () => {
    const target = collection();
    await target.insertMany([{ v: 1 }, { v: 5 }, { v: 9 }]);
    const median = { $percentile: { input: '$v', p: [0.5], method: 'approximate' } };
    const top = { $topN: { n: 1, sortBy: { v: -1 }, output: '$v' } };
    const [found] = await target.aggregate([{ $group: { _id: null, median, top } }]).toArray();
    expect(found).toEqual({ _id: null, median: [5], top: [9] });
  });
});

describe('joining', () => {
  it('looks up by local and foreign field, single and many', async () => {
    const [from, to] = [collection(), collection()];
    await to.insertMany([{ _id: 'p1' }, { _id: 'p2' }]);
    await from.insertMany([{ _id: 1, p: 'p1' }, { _id: 2, p: ['p1', 'p2'] }, { _id: 3 }]); // biome-ignore format: one case a line
    const lookup = { from: to.collectionName, localField: 'p', foreignField: '_id', as: 'found' };
    const joined = await from.aggregate([{ $sort: { _id: 1 } }, { $lookup: lookup }]).toArray();
    expect(joined.map(({ found }) => ids(found).sort())).toEqual([['p1'], ['p1', 'p2'], []]);
  });

  it('looks up by a pipeline with variables', async () => {
    const [from, to] = [collection(), collection()];
    await to.insertMany([{ _id: 'p1', n: 5 }, { _id: 'p2', n: 6 }]); // biome-ignore format: one case a line
    await from.insertMany([{ _id: 1, p: 'p1', m: 5 }, { _id: 2, p: 'p2', m: 5 }]); // biome-ignore format: one case a line
    const pipeline = [{ $match: { $expr: { $and: [{ $eq: ['$_id', '$$p'] }, { $eq: ['$n', '$$m'] }] } } }];
    const lookup = { from: to.collectionName, let: { p: '$p', m: '$m' }, pipeline, as: 'found' };
    const joined = await from.aggregate([{ $lookup: lookup }, { $sort: { _id: 1 } }]).toArray();
    expect(joined.map(({ found }) => found.length)).toEqual([1, 0]);
  });

  it('follows links and unites collections', async () => {
    const [chain, other] = [collection(), collection()];
    await chain.insertMany([{ _id: 1, p: 2 }, { _id: 2, p: 3 }, { _id: 3 }]); // biome-ignore format: one case a line
    await other.insertOne({ _id: 9 });
    const graph = {
      from: chain.collectionName,
      startWith: '$p',
      connectFromField: 'p',
      connectToField: '_id',
      as: 'x',
    };
    const [found] = await chain.aggregate([{ $match: { _id: 1 } }, { $graphLookup: graph }]).toArray();
    expect(ids(found?.['x']).sort()).toEqual([2, 3]);
    const united = await chain.aggregate([{ $unionWith: other.collectionName }, { $sort: { _id: 1 } }]).toArray();
    expect(ids(united)).toEqual([1, 2, 3, 9]);
  });
});

describe('reshaping', () => {
  it('unwinds arrays, keeping empty ones on request', async () => {
    const target = collection();
    await target.insertMany([{ _id: 1, a: [1, 2] }, { _id: 2 }]);
    const keep = { path: '$a', includeArrayIndex: 'i', preserveNullAndEmptyArrays: true };
    expect(await target.aggregate([{ $unwind: '$a' }]).toArray()).toHaveLength(2);
    expect(await target.aggregate([{ $unwind: keep }]).toArray()).toHaveLength(3);
  });

  it('makes a page and its total at once', async () => {
    const target = collection();
    await target.insertMany(documents(100, (number) => ({ _id: number })));
    const page = [{ $sort: { _id: 1 } }, { $skip: 10 }, { $limit: 3 }] as const;
    const [facet] = await target.aggregate([{ $facet: { page: [...page], total: [{ $count: 'n' }] } }]).toArray();
    expect(facet).toEqual({ page: [{ _id: 10 }, { _id: 11 }, { _id: 12 }], total: [{ n: 100 }] });
  });

  it('runs windows over partitions', async () => {
    const target = collection();
    await target.insertMany([{ g: 1, v: 1 }, { g: 1, v: 2 }, { g: 2, v: 5 }]); // biome-ignore format: one case a line
    const run = { $sum: '$v', window: { documents: ['unbounded', 'current'] } };
    const stage = { partitionBy: '$g', sortBy: { v: 1 }, output: { run, rank: { $rank: {} } } };
    const found = await target.aggregate([{ $setWindowFields: stage }, { $sort: { g: 1, v: 1 } }]).toArray();
    expect(found.map(({ run, rank }) => [run, rank])).toEqual([[1, 1], [3, 2], [5, 1]]); // biome-ignore format: one case a line
  });

  it('evaluates array, string, date and conditional expressions', async () => {
    const target = collection();
    await target.insertOne({ _id: 1, a: [{ s: 'x', v: 1 }, { s: 'y', v: 2 }] }); // biome-ignore format: one document a line
    const fields = {
      filtered: { $filter: { input: '$a', cond: { $eq: ['$$this.s', 'y'] } } },
      mapped: { $map: { input: '$a', as: 'q', in: '$$q.v' } },
      reduced: { $reduce: { input: '$a', initialValue: 0, in: { $add: ['$$value', '$$this.v'] } } },
      chosen: { $cond: [{ $gt: [1, 0] }, 'yes', 'no'] },
      matched: { $regexMatch: { input: 'Abc', regex: /^a/i } },
      fallback: { $ifNull: ['$zz', 'd'] },
      merged: { $mergeObjects: [{ a: 1 }, { b: 2 }] },
      days: { $toInt: { $dateDiff: { startDate: new Date(0), endDate: new Date(864e5), unit: 'day' } } },
      last: { $arrayElemAt: ['$a.s', -1] },
      common: {
        $setIntersection: [
          [1, 2],
          [2, 3],
        ],
      },
    };
    const [found] = await target.aggregate([{ $project: { _id: 0, ...fields } }]).toArray();
    expect(found).toEqual({
      filtered: [{ s: 'y', v: 2 }],
      mapped: [1, 2],
      reduced: 3,
      chosen: 'yes',
      matched: true,
      fallback: 'd',
      merged: { a: 1, b: 2 },
      days: 1,
      last: 'y',
      common: [2],
    });
  });
});

describe('writing results', () => {
  it('merges into and replaces collections', async () => {
    const [from, to] = [collection(), collection()];
    await from.insertMany([{ _id: 1, v: 1 }, { _id: 2, v: 2 }]); // biome-ignore format: one case a line
    await to.insertOne({ _id: 1, v: 0, keep: 1 });
    const merge = { into: to.collectionName, on: '_id', whenMatched: 'merge', whenNotMatched: 'insert' };
    await from.aggregate([{ $merge: merge }]).toArray();
    expect(await to.find().sort({ _id: 1 }).toArray()).toEqual([{ _id: 1, v: 1, keep: 1 }, { _id: 2, v: 2 }]); // biome-ignore format: one case a line
    await from.aggregate([{ $match: { _id: 2 } }, { $out: to.collectionName }]).toArray();
    expect(await to.find().toArray()).toEqual([{ _id: 2, v: 2 }]);
  });
});

it('an unknown stage is refused', async () => {
  const target = collection();
  await target.insertOne({});
  expect((await failureOf(target.aggregate([{ $nope: {} }]).toArray())).code).toBe(40324);
});

it('JavaScript in an expression is refused rather than ignored, or run', async () => {
  const script = { $function: { body: 'function () { return 1 }', args: [], lang: 'js' } };
  const run = db()
    .aggregate([{ $documents: [{}] }, { $project: { x: script } }])
    .toArray();
  // Documented difference: DocumentDB runs no JavaScript.
  if (inject('engineKind') === 'documentdb') expect((await failureOf(run)).code).toBe(115);
  else expect(await run).toEqual([{ x: 1 }]);
});
