import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mongoHistory } from '../../../src/storage/mongo-history.ts';
import { mongoSearch } from '../../../src/storage/mongo-search.ts';
import { loadPageKey } from '../../../src/storage/page-key.ts';
import { remove, update } from '../../../src/storage/persistence.ts';
import { BASE_URL, contentOf, openStore, type TestStore } from './store.ts';

let test: TestStore;
let search: ReturnType<typeof mongoSearch>;
let history: ReturnType<typeof mongoHistory>;
beforeAll(async () => {
  test = await openStore();
  search = mongoSearch(test.store, await loadPageKey(test.store.database));
  history = mongoHistory(test.store);
  for (const id of ['a', 'b', 'c', 'd']) await put(id, 'Same');
  await remove(test.store, { resourceType: 'Patient', id: 'd' });
});
afterAll(() => test.close());

const put = (id: string, family: string) =>
  update(test.store, { resourceType: 'Patient', id }, contentOf({ resourceType: 'Patient', id, name: [{ family }] }));
const typeSearch = async (queryParams: Readonly<Record<string, string>>, more: object = {}) => {
  const request = {
    resourceType: 'Patient',
    queryParams,
    baseUrl: BASE_URL,
    allowedResourceTypes: ['Patient'],
    ...more,
  };
  return (await search.typeSearch(request as never)).result;
};
const instanceHistory = async (id: string, queryParams: Readonly<Record<string, string>>) =>
  (await history.instanceHistory({ resourceType: 'Patient', id, baseUrl: BASE_URL, queryParams } as never)).result;

describe('the Search port', () => {
  it('answers a page of stored texts, and a link to the next one only where there is one', async () => {
    const first = await typeSearch({ family: 'same', _count: '2' });
    expect(first.entries.map(({ resource }) => resource.id)).toEqual(['a', 'b']);
    expect(first.entries[0]).toMatchObject({ fullUrl: `${BASE_URL}/Patient/a`, search: { mode: 'match' } });
    expect(first.selfUrl).toBe(`${BASE_URL}/Patient?family=same&_count=2`);
    const next = Object.fromEntries(new URL(first.nextResultUrl ?? '').searchParams);
    const second = await typeSearch(next);
    expect([second.entries.map(({ resource }) => resource.id), second.nextResultUrl]).toEqual([['c'], undefined]);
  });

  it('tells how many there are where it is asked to, or where the page has all of them', async () => {
    expect((await typeSearch({ family: 'same' })).numberOfResults).toBe(3);
    expect((await typeSearch({ family: 'same', _count: '2' })).numberOfResults).toBe(-1);
    expect((await typeSearch({ family: 'same', _count: '0' })).numberOfResults).toBe(3);
  });

  it('answers two ids at most to a condition: none, one or several is what it asks', async () => {
    expect(await search.matchingIds('Patient', { family: 'nobody' })).toEqual([]);
    expect(await search.matchingIds('Patient', { _id: 'b' })).toEqual(['b']);
    expect(await search.matchingIds('Patient', { family: 'same' })).toHaveLength(2);
    await expect(search.matchingIds('Patient', {})).rejects.toMatchObject({ status: 400 });
  });

  it('refuses filters rather than passing over them, and subscriptions', async () => {
    const filter = { key: 'family', value: ['x'], comparisonOperator: '==', logicalOperator: 'AND' };
    await expect(typeSearch({}, { searchFilters: [filter] })).rejects.toMatchObject({ status: 400 });
    const everywhere = { queryParams: {}, baseUrl: BASE_URL, searchFilters: [filter] };
    await expect(search.globalSearch(everywhere as never)).rejects.toMatchObject({ status: 400 });
    expect(() => search.validateSubscriptionSearchCriteria('Patient?x=1')).toThrow(/not/);
  });

  it('names its search parameters by type', async () => {
    const capabilities = await search.getCapabilities();
    expect(capabilities['Patient']?.searchParam).toContainEqual({ name: 'birthdate', type: 'date' });
  });
});

describe('the History port', () => {
  it('pages through the versions of an instance and says which of them made it', async () => {
    await put('h', 'One');
    await put('h', 'Two');
    await remove(test.store, { resourceType: 'Patient', id: 'h' });
    await put('h', 'Four');
    const first = await instanceHistory('h', { _count: '3' });
    expect(first.numberOfResults).toBe(4);
    expect(first.entries.map(({ creates, resource }) => [resource.versionId, creates])).toEqual([
      ['4', true],
      ['3', false],
      ['2', false],
    ]);
    const second = await instanceHistory('h', Object.fromEntries(new URL(first.nextResultUrl ?? '').searchParams));
    expect(second.entries.map(({ creates, resource }) => [resource.versionId, creates])).toEqual([['1', true]]);
    expect(second.nextResultUrl).toBeUndefined();
  });
});
