import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { create, read, remove, update } from '../../../src/storage/persistence.ts';
import { reindex } from '../../../src/storage/reindex.ts';
import { matchingIds } from '../../../src/storage/search/type-search.ts';
import { contentOf, openStore, type TestStore, withoutParameters } from './store.ts';

let test: TestStore;
beforeAll(async () => {
  test = await openStore();
});
afterAll(() => test.close());

const never = new AbortController().signal;
const patient = (family: string, id?: string) =>
  contentOf({ resourceType: 'Patient', ...(id ? { id } : {}), gender: 'male', name: [{ family }] });
const found = (family: string) =>
  matchingIds(test.store, { resourceType: 'Patient', params: { family, gender: 'male' } });
const documents = () => test.store.database.current('Patient').find().sort({ _id: 1 }).toArray();

describe('re-indexing', () => {
  it('gives what was stored under other definitions the search fields of these, and changes nothing else', async () => {
    const before = withoutParameters(test.store, ['family'], 1);
    const { stored } = await create(before, patient('Early'));
    await update(before, { resourceType: 'Patient', id: 'gone' }, patient('Gone', 'gone'));
    await remove(before, { resourceType: 'Patient', id: 'gone' });
    expect(await found('early')).toEqual([]);
    const untouched = await documents();
    const result = await reindex(test.store, never);
    expect(result).toEqual({ rewritten: 2, failed: 0, finished: true });
    expect(await found('early')).toEqual([stored.id]);
    expect(await read(test.store, 'Patient', stored.id)).toEqual(stored);
    const stamps = (all: Awaited<ReturnType<typeof documents>>) =>
      all.map(({ _id, v, lu, m, del, c, body }) => ({ _id, v, lu, m, del, c, body }));
    expect(stamps(await documents())).toEqual(stamps(untouched));
    const tombstone = (await documents()).find(({ _id }) => _id === 'gone');
    expect(Object.keys(tombstone ?? {}).filter((field) => field.startsWith('s_'))).toEqual([]);
  });

  it('finds nothing more to do, and looks at no resource, where all is done', async () => {
    const outdated = withoutParameters(test.store, ['family'], 2);
    await create(outdated, patient('Late'));
    expect(await reindex(test.store, never)).toEqual({ rewritten: 0, failed: 0, finished: true });
    expect(await found('late')).toEqual([]);
  });

  it('starts anew for each change of the definitions', async () => {
    const changed = { ...test.store, definitions: { ...test.store.definitions, searchSchema: 3 } };
    const { rewritten } = await reindex(changed, never);
    expect(rewritten).toBe((await documents()).length);
    expect(await found('late')).toHaveLength(1);
  });

  it('stops when it is told to, and goes on from there', async () => {
    const many = 450;
    const old = withoutParameters(test.store, ['family'], 4);
    const one = (await create(old, patient('Many'))).stored;
    const template = await old.database.current('Patient').findOne({ _id: one.id });
    const copies = Array.from({ length: many }, (_, index) => ({
      ...template,
      _id: `many-${index}`,
      body: one.body.replace(one.id, `many-${index}`),
    }));
    await old.database.current('Patient').insertMany(copies as never[]);
    const next = { ...test.store, definitions: { ...test.store.definitions, searchSchema: 5 } };
    const controller = new AbortController();
    const stopAfterFirst = { ...next, database: { ...next.database, current: countingCalls(controller) } };
    const first = await reindex(stopAfterFirst, controller.signal);
    expect(first.finished).toBe(false);
    const second = await reindex(next, never);
    expect(second.finished).toBe(true);
    expect([first.rewritten, first.rewritten + second.rewritten]).toEqual([200, (await documents()).length]);
    expect(await next.database.current('Patient').countDocuments({ sv: { $ne: 5 } })).toBe(0);
  });

  it('leaves alone what a request wrote in the meantime', async () => {
    const old = withoutParameters(test.store, ['family'], 6);
    const { stored } = await create(old, patient('Before'));
    const next = { ...test.store, definitions: { ...test.store.definitions, searchSchema: 7 } };
    await Promise.all([
      reindex(next, never),
      ...Array.from({ length: 10 }, (_, index) =>
        update(next, { resourceType: 'Patient', id: stored.id }, patient(`During${index}`, stored.id)),
      ),
    ]);
    const current = await next.database.current('Patient').findOne({ _id: stored.id });
    expect([current?.v, current?.sv]).toEqual([11, 7]);
    expect(current?.body).toContain('"versionId":"11"');
  });
});

/** Aborts once the first batch of Patients is read. */
function countingCalls(controller: AbortController) {
  return (resourceType: string) => {
    if (resourceType === 'Patient') controller.abort();
    return test.store.database.current(resourceType);
  };
}
