import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FhirError } from '../../../src/fhir/error.ts';
import { mongoBundle } from '../../../src/storage/mongo-bundle.ts';
import { mongoPersistence } from '../../../src/storage/mongo-persistence.ts';
import { create, read } from '../../../src/storage/persistence.ts';
import { inTransaction } from '../../../src/storage/transaction.ts';
import type { Store } from '../../../src/storage/versions.ts';
import { contentOf, openStore, type TestStore } from './store.ts';

let test: TestStore;
beforeAll(async () => {
  test = await openStore();
});
afterAll(() => test.close());

const basic = (text: string) => contentOf({ resourceType: 'Basic', code: { text } });
const step = (operation: string, id: string, text?: string) => ({
  operation,
  resourceType: 'Basic',
  id,
  ...(text ? { resource: basic(text) } : {}),
});
const transact = (store: Store, ...requests: readonly object[]) =>
  mongoBundle(store).transaction({ requests, startTime: new Date() } as never);
const refusalOf = (work: Promise<unknown>): Promise<FhirError> =>
  work.then(
    () => Promise.reject(new Error('not refused')),
    (error) => (error instanceof FhirError ? error : Promise.reject(error)),
  );

describe('the Bundle port', () => {
  it('answers every step in order, with the version that it made or read', async () => {
    await transact(test.store, step('update', 'b-old', 'old'), step('update', 'b-del', 'del'));
    const { batchReadWriteResponses, success } = await transact(
      test.store,
      step('read', 'b-new'),
      step('delete', 'b-del'),
      step('update', 'b-old', 'newer'),
      step('create', 'b-new', 'new'),
      step('delete', 'b-nothing'),
    );
    expect(success).toBe(true);
    expect(batchReadWriteResponses.map(({ operation, id, vid }) => [operation, id, vid])).toEqual([
      ['read', 'b-new', '1'],
      ['delete', 'b-del', '2'],
      ['update', 'b-old', '2'],
      ['create', 'b-new', '1'],
      ['delete', 'b-nothing', ''],
    ]);
  });

  it('does nothing where a step is refused, and says which', async () => {
    const refusal = await refusalOf(
      transact(test.store, step('create', 'n-1', 'x'), { ...step('read', 'n-2'), place: 'Bundle.entry[1]' }),
    );
    expect([refusal.status, refusal.issues[0]?.expression]).toEqual([404, ['Bundle.entry[1]']]);
    await expect(read(test.store, 'Basic', 'n-1')).rejects.toMatchObject({ status: 404 });
  });

  it('does nothing where the work breaks off half way', async () => {
    const broken = inTransaction(test.store, async (session, unit) => {
      await unit.database
        .current('Basic')
        .insertOne({ _id: 'half', v: 1, lu: new Date(), m: 'PUT', sv: 0, c: [] }, { session });
      throw new RangeError('half way');
    });
    await expect(broken).rejects.toThrow(RangeError);
    await expect(read(test.store, 'Basic', 'half')).rejects.toMatchObject({ status: 404 });
  });

  it('refuses on a standalone database what needs transactions, and goes on doing what does not', async () => {
    const standalone: Store = { ...test.store, database: { ...test.store.database, hasTransactions: false } };
    const transaction = await refusalOf(transact(standalone, step('create', 's-1', 'x')));
    const conditional = await refusalOf(
      mongoPersistence(standalone).conditionalCreateResource(
        { resourceType: 'Basic', resource: basic('x') },
        { identifier: 'urn:s|1' },
      ),
    );
    for (const { status, issues } of [transaction, conditional]) {
      expect([status, issues[0]?.code]).toEqual([501, 'not-supported']);
      expect(issues[0]?.diagnostics).toContain('replica set');
    }
    const { stored } = await create(standalone, basic('single'));
    expect(await read(standalone, 'Basic', stored.id)).toEqual(stored);
  });

  it('refuses a batch, whose entries each pass the gate instead', async () => {
    expect((await refusalOf(mongoBundle(test.store).batch())).status).toBe(400);
  });
});
