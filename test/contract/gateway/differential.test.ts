/** Random queries find the same with indexes, without, and by an independent implementation of the query language. */
import { Query } from 'mingo';
import type { Collection, Document, FindOptions } from 'mongodb';
import { beforeAll, expect, it } from 'vitest';
import { ids, testDatabase } from './database.ts';
import { createRandom } from './random.ts';
import { INDEXES, idOf, randomDocument, randomFilter, type SearchDocument, SORTS } from './search-documents.ts';

const { db } = testDatabase('differential');
const DOCUMENTS = 800;
const QUERIES = 150;
const SEEDS = [11, 12] as const;

let indexed: Collection<SearchDocument>;
let plain: Collection<SearchDocument>;
const stored: SearchDocument[] = [];

beforeAll(async () => {
  const random = createRandom(1);
  for (let number = 0; number < DOCUMENTS; number++) stored.push(randomDocument(random, idOf(number)));
  [indexed, plain] = [db().collection('indexed'), db().collection('plain')];
  await indexed.createIndexes([...INDEXES]);
  await Promise.all([indexed, plain].map((collection) => collection.insertMany(stored)));
});

const ONLY_ID = { projection: { _id: 1 } };

async function idsFound(collection: Collection<SearchDocument>, filter: Document, options: FindOptions) {
  return ids(await collection.find(filter, { ...ONLY_ID, ...options }).toArray());
}

it.each(SEEDS)('queries of seed %i agree in content, order, pages and count', async (seed) => {
  const random = createRandom(seed);
  for (let number = 0; number < QUERIES; number++) {
    const filter = randomFilter(random);
    const sort = random.pick(SORTS);
    const [limit, skip] = [random.pick([0, 5, 20, 50]), random.pick([0, 0, 0, random.below(20)])];
    const batchSize = limit > 0 ? random.pick([3, 10, 1000]) : random.pick([40, 1000]);
    const context = JSON.stringify({ seed, number, filter, sort, limit, skip });
    const query = new Query(filter as Document);
    const expected = stored.filter((document) => query.test({ ...document })).map(({ _id }) => _id);
    const page = { sort, limit, skip, batchSize };
    const [fast, slow] = [await idsFound(indexed, filter, page), await idsFound(plain, filter, page)];
    expect(fast, context).toEqual(slow);
    const unsorted = await idsFound(indexed, filter, { batchSize: random.pick([100, 1000]) });
    expect([...unsorted].sort(), context).toEqual([...expected].sort());
    expect(new Set(fast).size, context).toBe(Math.max(0, Math.min(limit || DOCUMENTS, expected.length - skip)));
    if (number % 5 === 0) expect(await indexed.countDocuments(filter), context).toBe(expected.length);
  }
});
