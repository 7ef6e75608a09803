/** After many concurrent writes every query finds what was acknowledged, and nothing else. */
import { Query } from 'mingo';
import type { Collection, Document } from 'mongodb';
import { expect, it } from 'vitest';
import { ids, testDatabase } from './database.ts';
import { createRandom, type Random } from './random.ts';
import { INDEXES, idOf, randomDocument, randomFilter, type SearchDocument, SORTS } from './search-documents.ts';

const { client, db } = testDatabase('churn');
const CLIENTS = 8;
const OPERATIONS = 120;
const FIRST = 300;
const QUERIES = 100;

type Truth = Map<string, SearchDocument>;

async function abortedChange(collection: Collection<SearchDocument>, _id: string): Promise<void> {
  const session = client().startSession();
  session.startTransaction();
  await collection.updateOne({ _id }, { $set: { s_patient: 'Patient/aborted', s_quantity: 99 } }, { session });
  await session.abortTransaction();
  await session.endSession();
}

/** One random write to a document that no other client writes to at the time, and its effect on the truth. */
async function write(collection: Collection<SearchDocument>, truth: Truth, random: Random, _id: string): Promise<void> {
  const known = truth.get(_id);
  const kind = random.below(8);
  if (kind < 3 || !known) {
    const document = randomDocument(random, _id);
    await collection.replaceOne({ _id }, document, { upsert: true });
    truth.set(_id, document);
  } else if (kind < 5) {
    const code = `urn:local|${random.below(6)}`;
    await collection.updateOne(
      { _id },
      { $addToSet: { s_code: code }, $set: { s_status: 'not-done' }, $unset: { s_lot: 1 } },
    );
    const { s_lot, ...kept } = known;
    truth.set(_id, { ...kept, s_status: 'not-done', s_code: [...new Set([...known.s_code, code])] });
  } else if (kind === 5) {
    await collection.deleteOne({ _id });
    truth.delete(_id);
  } else {
    await abortedChange(collection, _id);
  }
}

async function churn(collection: Collection<SearchDocument>, truth: Truth, number: number): Promise<void> {
  const random = createRandom(number);
  for (let count = 0; count < OPERATIONS; count++) {
    // Each client has ids of its own, which lie between those of the others.
    const own = random.below(FIRST / CLIENTS + 20) * CLIENTS + number;
    await write(collection, truth, random, idOf(own));
  }
}

it('queries after concurrent inserts, updates, deletes and aborted transactions find the truth', async () => {
  const collection = db().collection<SearchDocument>('churned');
  await collection.createIndexes([...INDEXES]);
  const random = createRandom(7);
  const first = Array.from({ length: FIRST }, (_, number) => randomDocument(random, idOf(number)));
  await collection.insertMany(first);
  const truth: Truth = new Map(first.map((document) => [document._id, document]));
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => churn(collection, truth, number)));

  expect(await collection.countDocuments()).toBe(truth.size);
  const all = [...truth.values()];
  for (let number = 0; number < QUERIES; number++) {
    const filter = randomFilter(random);
    const query = new Query(filter as Document);
    const expected = all
      .filter((document) => query.test({ ...document }))
      .map(({ _id }) => _id)
      .sort();
    const find = (options: object) => collection.find(filter, { projection: { _id: 1 }, ...options }).toArray();
    const context = JSON.stringify({ number, filter });
    expect(ids(await find({})).sort(), context).toEqual(expected);
    expect(ids(await find({ sort: random.pick(SORTS), batchSize: 50 })).sort(), context).toEqual(expected);
  }
});
