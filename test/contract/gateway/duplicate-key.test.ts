/** What a refused duplicate tells its client (MongoDB error 11000). */
import type { Document } from 'mongodb';
import { describe, expect, inject, it } from 'vitest';
import { failureOf, testDatabase } from './database.ts';

const { collection, db } = testDatabase('duplicate_key');

/** keyPattern and keyValue of the error behind a failed operation. */
function keyOf(failure: object): unknown {
  const { keyPattern, keyValue } = failure as { keyPattern?: unknown; keyValue?: unknown };
  return { keyPattern, keyValue };
}

async function guarded() {
  const target = collection();
  await target.createIndex({ 'code.system': 1, u: 1 }, { unique: true, name: 'code' });
  await target.insertMany([{ _id: 1, code: { system: 's' }, u: 1 }, { _id: 2, code: { system: 's' }, u: 5 }]); // biome-ignore format: one document a line
  return target;
}

const EXPECTED = { keyPattern: { 'code.system': 1, u: 1 }, keyValue: { 'code.system': 's', u: 5 } };

describe('a duplicate key error', () => {
  it('of an insert names index, key pattern and key', async () => {
    const target = await guarded();
    const failure = await failureOf(target.insertOne({ code: { system: 's' }, u: 5 }));
    expect(failure.code).toBe(11000);
    expect(failure.message).toMatch(/^E11000 duplicate key error collection: .* index: code dup key: /);
    expect(keyOf(failure)).toEqual(EXPECTED);
  });

  it('of the id names the id', async () => {
    const target = await guarded();
    const failure = await failureOf(target.insertOne({ _id: 1 }));
    expect(keyOf(failure)).toEqual({ keyPattern: { _id: 1 }, keyValue: { _id: 1 } });
  });

  it('of a replacement shows the replacement', async () => {
    const target = await guarded();
    expect(keyOf(await failureOf(target.replaceOne({ _id: 1 }, { code: { system: 's' }, u: 5 })))).toEqual(EXPECTED);
  });

  it('of findAndModify names the index too', async () => {
    const target = await guarded();
    const failure = await failureOf(target.findOneAndReplace({ _id: 1 }, { code: { system: 's' }, u: 5 }));
    expect(failure.code).toBe(11000);
    expect(keyOf(failure)).toEqual(EXPECTED);
  });

  it('of $set shows the value set', async () => {
    const target = await guarded();
    const failure = await failureOf(target.updateOne({ _id: 1 }, { $set: { 'code.system': 's', u: 5 } }));
    expect(keyOf(failure)).toEqual(EXPECTED);
  });

  it('of a computed value never shows a wrong key', async () => {
    const target = await guarded();
    const failure = await failureOf(target.updateOne({ _id: 1, u: 1 }, { $inc: { u: 4 } }));
    // Documented difference: the gateway knows the key only where the command shows it.
    const keyValue = inject('engineKind') === 'documentdb' ? undefined : EXPECTED.keyValue;
    expect(keyOf(failure)).toEqual({ ...EXPECTED, keyValue });
  });

  it('in a batch belongs to its statement', async () => {
    const target = await guarded();
    const batch = [{ _id: 7 }, { _id: 8, code: { system: 's' }, u: 5 }, { _id: 1 }];
    const reply = await db().command({ insert: target.collectionName, documents: batch, ordered: false });
    const errors = (reply['writeErrors'] as Document[]).map((error) => [error['index'], keyOf(error)]);
    expect(errors).toEqual([
      [1, EXPECTED],
      [2, { keyPattern: { _id: 1 }, keyValue: { _id: 1 } }],
    ]);
  });

  it('names an index that was made after the last error', async () => {
    const target = await guarded();
    await failureOf(target.insertOne({ _id: 1 }));
    await target.createIndex({ late: 1 }, { unique: true, sparse: true });
    await target.insertOne({ late: 1, u: 20 });
    const failure = await failureOf(target.insertOne({ late: 1, u: 21 }));
    expect(keyOf(failure)).toEqual({ keyPattern: { late: 1 }, keyValue: { late: 1 } });
  });
});
