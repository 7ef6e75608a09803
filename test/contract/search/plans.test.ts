/** Proof by the database's own plans: every shape of search that is promised to be quick runs on an index. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resourceTypes } from '../../../src/definitions/resource-types.ts';
import { parseParams } from '../../../src/fhir/search-params.ts';
import { type ExplainedRead, explainSearch } from '../../../src/storage/search/explain.ts';
import { indexedSorts } from '../../../src/storage/search/key-order.ts';
import type { Start } from '../../../src/storage/search/page-filter.ts';
import { openStore, type TestStore } from '../storage/store.ts';

const DOSES = 3000;
const PEOPLE = 1500;
const DAY = 86_400_000;

let test: TestStore;
beforeAll(async () => {
  test = await openStore();
  const stored = (id: string, index: number) => {
    const at = new Date(1_700_000_000_000 + index * 1000);
    return { _id: id, v: 1, lu: at, cr: at, m: 'PUT' as const, sv: 0, body: '{}' };
  };
  const day = (index: number) => {
    const at = new Date(1_500_000_000_000 + (index % 700) * DAY);
    return { lo: at, hi: at, l: at, h: at };
  };
  const doses = Array.from({ length: DOSES }, (_, index) => ({
    ...stored(`d${index}`, index),
    c: [`Patient/p${index % PEOPLE}`],
    s_patient: `Patient/p${index % PEOPLE}`,
    s_identifier: [`=${index}`, `urn:d|${index}`],
    's_vaccine-code': [`=${index % 20}`, `http://hl7.org/fhir/sid/cvx|${index % 20}`],
    's_lot-number': `l${index % 300}\u001fL${index % 300}`,
    s_location: `Location/l${index % 30}`,
    s_status: index % 10 ? '=completed' : '=not-done',
    ...(index % 50 ? { s_date: day(index) } : {}),
  }));
  const people = Array.from({ length: PEOPLE }, (_, index) => ({
    ...stored(`p${index}`, index),
    c: [`Patient/p${index}`],
    s_identifier: [`=${index}`, `urn:p|${index}`],
    s_family: `fam${index % 500}\u001fFam${index % 500}`,
    s_given: `giv${index % 200}\u001fGiv${index % 200}`,
    s_name: [`fam${index % 500}\u001fFam${index % 500}`, `giv${index % 200}\u001fGiv${index % 200}`],
    s_gender: index % 2 ? '=male' : '=female',
    s_birthdate: { lo: day(index).lo, hi: day(index).hi },
  }));
  await test.store.database.current('Immunization').insertMany(doses);
  await test.store.database.current('Patient').insertMany(people);
});
afterAll(() => test.close());

const explain = (search: string, start?: Start): Promise<readonly ExplainedRead[]> => {
  const [type = '', query = ''] = search.split('?');
  return explainSearch(test.store, { types: [type], params: parseParams(query), handling: 'strict', start });
};

function expectIndexed(reads: readonly ExplainedRead[]): void {
  expect(reads).not.toHaveLength(0);
  for (const { stages, indexes } of reads) {
    expect(stages).not.toContain('COLLSCAN');
    expect(indexes).not.toHaveLength(0);
  }
}

const VALUES: Readonly<Record<string, string>> = {
  date: '2024-01-01',
  reference: 'https://example.org/Any/1',
  uri: 'http://example.org/1',
  token: 'x',
  string: 'x',
};

describe.each([...resourceTypes])('a search of %s', (resourceType) => {
  it('by what begins one of its indexes reads an index', async () => {
    const { definitions } = test.store;
    const codes = definitions.indexes(resourceType).flatMap(([[field] = ['']]) => /^s_([\w-]+)/.exec(field)?.[1] ?? []);
    for (const code of new Set(codes)) {
      const parameter = definitions.searchParameters(resourceType).find((one) => one.code === code);
      expectIndexed(await explain(`${resourceType}?${code}=${VALUES[parameter?.type ?? '']}`));
    }
    expectIndexed(await explain(`${resourceType}?_lastUpdated=gt2024-01-01`));
    expectIndexed(await explain(`${resourceType}?_id=x`));
  });

  it('in the order of its own, and in every one that is served by an index, reads that index without sorting', async () => {
    const sorts = indexedSorts(test.store.definitions, resourceType);
    expect(sorts).toEqual(expect.arrayContaining(['_id', '_lastUpdated']));
    for (const sort of ['', ...sorts.flatMap((code) => [`_sort=${code}`, `_sort=-${code}`])]) {
      const reads = await explain(`${resourceType}?${sort}`);
      expectIndexed(reads);
      for (const { stages } of reads) expect(stages, sort).not.toContain('SORT');
    }
  });

  it('in the compartment of a patient reads an index', async () => {
    const params = { types: [resourceType], params: {}, handling: 'strict', compartment: 'Patient/p1' } as const;
    expectIndexed(await explainSearch(test.store, params));
  });
});

describe('a search that US Core asks for', () => {
  it.each([
    ['Patient?_id=p7', 1],
    ['Patient?identifier=urn:p%7C7', 1],
    ['Patient?name=fam7', 120],
    ['Patient?family=fam77', 10],
    ['Patient?given=giv77', 20],
    ['Patient?birthdate=2018-01-01&family=fam77', 10],
    ['Patient?birthdate=2018-01-01&name=fam77', 10],
    ['Patient?family=fam77&gender=male', 10],
    ['Patient?gender=female&name=fam76', 10],
    ['Patient?death-date=2020&family=fam77', 10],
    ['Immunization?patient=p7', 10],
    ['Immunization?patient=p7&date=ge2018', 10],
    ['Immunization?patient=p7&status=completed', 10],
    ['Immunization?patient=p7&date=ge2018-01-01&date=lt2019-01-01', 10],
    ['Immunization?identifier=urn:d%7C7', 1],
    ['Immunization?lot-number=l77', 50],
  ])('%s reads an index, and of that no more than about what it answers', async (search, most) => {
    const reads = await explain(search);
    expectIndexed(reads);
    expect(reads.reduce((sum, { examined = 0 }) => sum + examined, 0)).toBeLessThanOrEqual(most);
  });
});

describe('a page in the midst of a collection', () => {
  const date = new Date(1_500_000_000_000 + 350 * DAY);
  it.each<readonly [string, Start]>([
    ['Immunization?_count=20', { value: date, id: 'd350', equals: 'beyond' }],
    ['Immunization?_count=20&_sort=date', { value: date, id: 'd350', equals: 'beyond' }],
    [
      'Immunization?_count=20&_sort=_lastUpdated',
      { value: new Date(1_700_001_500_000), id: 'd1500', equals: 'beyond' },
    ],
    [
      'Immunization?_count=20&_sort=-_lastUpdated',
      { value: new Date(1_700_001_500_000), id: 'd1500', equals: 'beyond' },
    ],
    ['Immunization?_count=20&_sort=_id', { value: 'd1500', id: 'd1500', equals: 'beyond' }],
    ['Patient?_count=20', { value: 'p700', id: 'p700', equals: 'beyond' }],
    ['Patient?_count=20&_sort=-birthdate', { value: date, id: 'p350', equals: 'beyond' }],
  ])('of %s costs what the first one costs', async (search, start) => {
    const [first] = await explain(search);
    const [later] = await explain(search, start);
    expectIndexed([first, later].flatMap((read) => read ?? []));
    expect(later?.stages).not.toContain('SORT');
    expect(later?.returned).toBe(first?.returned);
    // Those of the very value at which the page begins are looked at and left out.
    expect(later?.examined ?? 0).toBeLessThanOrEqual((first?.examined ?? 0) + 10);
  });
});
