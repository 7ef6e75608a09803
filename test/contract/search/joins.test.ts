/** MongoDB finds exactly what the definition of chains, `_has`, `_list` and full text accepts, from whichever side. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { extractIndexEntries } from '../../../src/search/extract.ts';
import { matchesText, textsOf } from '../../../src/search/full-text.ts';
import { matchesQuery } from '../../../src/search/match.ts';
import { parseCriterion } from '../../../src/search/parse-criterion.ts';
import type { ListCriterion, SearchCriterion } from '../../../src/search/query.ts';
import type { Reach } from '../../../src/storage/reach.ts';
import { toDocument } from '../../../src/storage/resource-document.ts';
import { beginInquiry, findVisible, type Limits } from '../../../src/storage/search/inquiry.ts';
import { select } from '../../../src/storage/search/select.ts';
import { vocabularyOf } from '../../../src/storage/search/vocabulary.ts';
import { inOrderOfIds, walk, walkCount } from '../../../src/storage/search/walk.ts';
import { BASE_URL, contentOf, openStore, type TestStore } from '../storage/store.ts';
import { randomSearch, randomWorld, SEARCHED_TYPES, type WorldResource } from './random-worlds.ts';

const NOW = new Date('2024-06-01T00:00:00Z');

let opened: TestStore;
beforeAll(async () => {
  opened = await openStore();
});
afterAll(() => opened.close());

/** The definition, in words of the resources alone. */
function holds(world: readonly WorldResource[], resource: WorldResource, criterion: SearchCriterion): boolean {
  switch (criterion.kind) {
    case 'parameter':
      return matchesQuery(entriesOf(resource), { criteria: [criterion] }, NOW);
    case 'chain':
      return criterion.targets.some((target) =>
        world.some(
          (other) =>
            other.resourceType === target.resourceType &&
            refersTo(resource, criterion.parameter.code, other) &&
            holds(world, other, target.criterion),
        ),
      );
    case 'reverse-chain':
      return world.some(
        (other) =>
          other.resourceType === criterion.parameter.resourceType &&
          refersTo(other, criterion.parameter.code, resource) &&
          holds(world, other, criterion.criterion),
      );
    case 'list':
      return isListed(world, resource, criterion);
    case 'full-text':
      return matchesText(criterion.expression, textsOf(resource, criterion.scope));
  }
}

const META = { lastUpdated: '2024-05-05T00:00:00Z' };

const entriesOf = (resource: WorldResource) =>
  extractIndexEntries(
    Object.assign({ meta: META }, resource),
    opened.store.definitions.searchParameters(resource.resourceType),
    BASE_URL,
  );

const refersTo = (from: WorldResource, code: string, to: WorldResource): boolean =>
  entriesOf(from).some(
    ({ code: own, value }) =>
      own === code && value.type === 'reference' && value.keys.includes(`${to.resourceType}/${to.id}`),
  );

function isListed(world: readonly WorldResource[], resource: WorldResource, { ids }: ListCriterion): boolean {
  const lists = world.filter(({ resourceType, id }) => resourceType === 'List' && ids.includes(id));
  return lists.some((list) => {
    const entries = (list['entry'] ?? []) as readonly { readonly deleted?: boolean }[];
    return refersTo({ ...list, entry: entries.filter(({ deleted }) => !deleted) }, 'item', resource);
  });
}

async function store(world: readonly WorldResource[]): Promise<void> {
  for (const resourceType of [...SEARCHED_TYPES, 'List']) {
    const documents = world
      .filter((resource) => resource.resourceType === resourceType)
      .map((resource) =>
        toDocument(opened.store, contentOf(resource), {
          resourceType,
          id: resource.id,
          versionId: '1',
          lastUpdated: new Date(META.lastUpdated),
          method: 'PUT',
        }),
      );
    const collection = opened.store.database.current(resourceType);
    await collection.deleteMany({});
    await collection.insertMany([...documents, { ...tombstone, lu: NOW }]);
  }
}
const tombstone = { _id: 'gone', v: 2, m: 'DELETE', del: true, sv: 1, c: [] } as const;

/** One Patient and one Organization may not be seen: not as a match, and not on the way to one. */
const REACH: Reach = {
  kind: 'limited',
  decide: () => ({ kind: 'deny', why: 'policy' }),
  conditions: (_permission, resourceType) => (HIDDEN.has(resourceType) ? { _id: { $ne: '2' } } : {}),
  holder: 'test',
  mayLabel: false,
};
const HIDDEN: ReadonlySet<string> = new Set(['Patient', 'Organization']);
const isSeen = ({ resourceType, id }: WorldResource): boolean => !(HIDDEN.has(resourceType) && id === '2');

async function found(
  resourceType: string,
  criteria: readonly SearchCriterion[],
  limits: Limits,
): Promise<readonly string[]> {
  const inquiry = { ...beginInquiry({ ...opened.store, reach: REACH }, { now: NOW }), limits };
  const { conditions, pending } = await select(inquiry, resourceType, criteria);
  if (pending.length === 0) {
    const documents = await findVisible(inquiry, { resourceType, conditions: [conditions], limit: 100 });
    return documents.map(({ _id }) => _id).sort();
  }
  const way = inOrderOfIds(inquiry, { resourceType, conditions, pending });
  const ids = (await walk(inquiry, way, 100)).map(({ _id }) => _id);
  expect(await walkCount(inquiry, way)).toBe(ids.length);
  return ids;
}

const SIDES: readonly (readonly [string, Limits])[] = [
  ['from the inside', { ids: 5000, candidates: 500, referrers: 2000 }],
  ['from whichever side has few', { ids: 2, candidates: 2, referrers: 2 }],
  ['from the outside', { ids: 0, candidates: 1, referrers: 1 }],
];

describe.each(SIDES)('driven %s', (_side, limits) => {
  test('a search finds what its definition accepts', async () => {
    let [matches, misses] = [0, 0];
    const searches = fc.tuple(...SEARCHED_TYPES.map((type) => fc.tuple(fc.constant(type), randomSearch(type))));
    const property = fc.asyncProperty(
      randomWorld,
      fc.array(searches, { minLength: 4, maxLength: 4 }),
      async (stored, all) => {
        await store(stored);
        const world = stored.filter(isSeen);
        for (const [resourceType, parameters] of all.flat()) {
          const vocabulary = vocabularyOf(opened.store, resourceType);
          const criteria = parameters.map(([name, value]) => parseCriterion(resourceType, { name, value }, vocabulary));
          const ofType = world.filter((resource) => resource.resourceType === resourceType);
          const accepted = ofType
            .filter((resource) => criteria.every((criterion) => holds(world, resource, criterion)))
            .map(({ id }) => id);
          const asked = { resourceType, parameters };
          expect({ asked, found: await found(resourceType, criteria, limits) }).toEqual({ asked, found: accepted });
          matches += accepted.length;
          misses += ofType.length - accepted.length;
        }
      },
    );
    await fc.assert(property, { numRuns: 12, endOnFailure: true });
    expect(matches).toBeGreaterThan(0);
    expect(misses).toBeGreaterThan(0);
  });
});
