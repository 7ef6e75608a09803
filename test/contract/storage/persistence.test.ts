import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WriteResult } from '../../../src/fhir/stored-resource.ts';
import { prepareCollections } from '../../../src/storage/collections.ts';
import { mongoHistory } from '../../../src/storage/mongo-history.ts';
import { mongoPersistence } from '../../../src/storage/mongo-persistence.ts';
import { loadPageKey } from '../../../src/storage/page-key.ts';
import { toHistoryDocument } from '../../../src/storage/resource-document.ts';
import { createVersionClock } from '../../../src/storage/version-clock.ts';
import { BASE_URL, contentOf, openStore, type TestStore } from './store.ts';

let test: TestStore;
let persistence: ReturnType<typeof mongoPersistence>;
beforeAll(async () => {
  test = await openStore();
  persistence = mongoPersistence(test.store);
});
afterAll(() => test.close());

const flag = (id: string, text: string) =>
  contentOf({ resourceType: 'Flag', id, status: 'active', code: { text }, subject: { reference: 'Patient/p' } });
const put = (id: string, text: string) =>
  persistence.updateResource({ resourceType: 'Flag', id, resource: flag(id, text) } as never);
const versionsOf = async (id: string): Promise<string[]> => {
  const request = { resourceType: 'Flag', id, baseUrl: BASE_URL, queryParams: {} };
  const { result } = await mongoHistory(test.store).instanceHistory(request as never);
  expect(result.numberOfResults).toBe(result.entries.length);
  return result.entries.map(({ resource }) => resource.versionId);
};

describe('persistence', () => {
  it('hands out a version with its identity, its compartments and the text to send', async () => {
    const { resource } = await put('port', 'x');
    const { outcome, stored } = resource as WriteResult;
    expect(outcome).toBe('created');
    expect(stored).toMatchObject({ resourceType: 'Flag', id: 'port', versionId: '1', method: 'PUT' });
    expect(stored.compartments).toEqual(['Patient/p']);
    expect(JSON.parse(stored.body)).toMatchObject({ id: 'port', meta: { versionId: '1' }, code: { text: 'x' } });
    expect(await persistence.readResource({ resourceType: 'Flag', id: 'port' })).toMatchObject({ resource: stored });
    const version = await persistence.vReadResource({ resourceType: 'Flag', id: 'port', vid: '1' });
    expect(version.resource).toEqual(stored);
  });

  it('keeps no search field and no body in a tombstone', async () => {
    await put('tomb', 'x');
    await persistence.deleteResource({ resourceType: 'Flag', id: 'tomb' });
    const document = await test.store.database.current('Flag').findOne({ _id: 'tomb' });
    expect(Object.keys(document ?? {}).sort()).toEqual(['_id', 'c', 'del', 'lu', 'm', 'sv', 'v']);
    expect(document).toMatchObject({ v: 2, m: 'DELETE', del: true, c: ['Patient/p'] });
  });

  it('keeps a readable history through a crash between the copy and the replacement', async () => {
    await put('crash', 'one');
    const document = await test.store.database.current('Flag').findOne({ _id: 'crash' });
    if (!document) throw new Error('not stored');
    await test.store.database.history('Flag').insertOne(toHistoryDocument(document, new Date()));
    expect(await versionsOf('crash')).toEqual(['1']);
    await put('crash', 'two');
    expect(await versionsOf('crash')).toEqual(['2', '1']);
    const first = await persistence.vReadResource({ resourceType: 'Flag', id: 'crash', vid: '1' });
    expect(first.resource.body).toContain('"one"');
  });

  it('stamps each version later than the one before, also where another server had a faster clock', async () => {
    const ahead = { ...test.store, clock: createVersionClock(() => Date.now() + 60_000) };
    await mongoPersistence(ahead).updateResource({
      resourceType: 'Flag',
      id: 'clock',
      resource: flag('clock', 'a'),
    } as never);
    await put('clock', 'b');
    await persistence.deleteResource({ resourceType: 'Flag', id: 'clock' });
    const request = { resourceType: 'Flag', id: 'clock', baseUrl: BASE_URL, queryParams: {} };
    const { result } = await mongoHistory(test.store).instanceHistory(request as never);
    const times = result.entries.map(({ resource }) => resource.lastUpdated.getTime()).reverse();
    expect(times).toHaveLength(3);
    expect((times[0] as number) < (times[1] as number) && (times[1] as number) < (times[2] as number)).toBe(true);
  });

  it('lists the subscriptions that are active', async () => {
    const subscription = (id: string, status: string) =>
      contentOf({
        resourceType: 'Subscription',
        id,
        status,
        reason: 'r',
        criteria: 'Flag',
        channel: { type: 'rest-hook' },
      });
    for (const [id, status] of [
      ['on', 'active'],
      ['off', 'off'],
    ] as const) {
      const resource = subscription(id, status);
      await persistence.updateResource({ resourceType: 'Subscription', id, resource } as never);
    }
    expect(await persistence.getActiveSubscriptions()).toMatchObject([{ id: 'on' }]);
  });
});

describe('the schema of a database', () => {
  it('is prepared once: a second time costs one read and changes nothing', async () => {
    const { database, definitions } = test.store;
    const indexes = () => database.current('Immunization').indexes();
    const before = await indexes();
    expect(before.length).toBe(definitions.indexes('Immunization').length + 1);
    await database.current('Immunization').dropIndex('lu_1__id_1');
    await prepareCollections(database, definitions);
    expect(await indexes()).toHaveLength(before.length - 1);
    await database.db.collection('jenner_schema').deleteMany({});
    await prepareCollections(database, definitions);
    expect(await indexes()).toHaveLength(before.length);
  });

  it('has one page key, whichever of several servers starts first', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => loadPageKey(test.store.database)));
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
    expect(keys[0]).toHaveLength(32);
    expect(await loadPageKey(test.store.database)).toEqual(keys[0]);
  });
});
