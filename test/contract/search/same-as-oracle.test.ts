/** MongoDB finds exactly what `matchesQuery` accepts, whatever the resources and the query. */
import fc from 'fast-check';
import { type Collection, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { FhirError } from '../../../src/fhir/error.ts';
import type { SearchParams } from '../../../src/fhir/interaction.ts';
import { extractIndexEntries } from '../../../src/search/extract.ts';
import type { IndexEntry } from '../../../src/search/index-entry.ts';
import { matchesQuery } from '../../../src/search/match.ts';
import type { CompiledSearchParameter } from '../../../src/search/parameter.ts';
import { parseSearchQuery } from '../../../src/search/parse.ts';
import { isParameterCriterion, type ParameterCriterion, type SearchQuery } from '../../../src/search/query.ts';
import { hasSubdocuments, searchFields } from '../../../src/storage/search/fields.ts';
import { criteriaFilter } from '../../../src/storage/search/filter.ts';
import { fieldName } from '../../../src/storage/search/keys.ts';
import { compiledFor, elements } from '../../unit/search/declared.ts';
import { echo, type RandomParameter, randomParameter, TERMINOLOGY } from './random-queries.ts';
import { BASE_URL, randomResource } from './random-resources.ts';

const NOW = new Date('2024-06-01T00:00:00Z');
/** Together they have every type of search parameter and of element. */
const TYPES = [
  ...['Immunization', 'Patient', 'Observation', 'Measure', 'Group', 'Consent', 'Condition', 'Encounter', 'Provenance'],
  ...['ImmunizationRecommendation', 'AuditEvent', 'MeasureReport', 'DocumentReference', 'Task', 'Location'],
];

let client: MongoClient;

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongodbUri'));
});

afterAll(() => client.close());

const identify = (resource: Record<string, unknown>, at: number): Record<string, unknown> => ({
  ...resource,
  id: ['1', 'a', 'A', 'a.b-c', 'e', 'f', 'g', 'h'][at],
  meta: {
    ...(resource['meta'] as object | undefined),
    lastUpdated: new Date(Date.UTC(2024, 1, 29, 6 * at)).toISOString(),
  },
});

function toDocument(resource: Record<string, unknown>, parameters: readonly CompiledSearchParameter[]) {
  const fields = searchFields(extractIndexEntries(resource, parameters, BASE_URL), parameters);
  const { lastUpdated } = resource['meta'] as { lastUpdated: string };
  return { ...fields, _id: resource['id'] as string, lu: new Date(lastUpdated) };
}

const toParams = (list: readonly RandomParameter[]): SearchParams => {
  const params: Record<string, string[]> = {};
  for (const { name, value } of list) params[name] = [...(params[name] ?? []), value];
  return params;
};

/** Undefined when the query is one that the server refuses. */
function read(type: string, list: readonly RandomParameter[], parameters: readonly CompiledSearchParameter[]) {
  try {
    return parseSearchQuery(type, toParams(list), { parameters, baseUrl: BASE_URL, terminology: TERMINOLOGY });
  } catch (error) {
    if (error instanceof FhirError && error.status === 400) return undefined;
    throw error;
  }
}

type Documents = Collection<{ _id: string }>;

/** The field that an index of the parameter leads with. */
function indexKey({ parameter, modifier }: Pick<ParameterCriterion, 'parameter' | 'modifier'>): string {
  if (parameter.code === '_id') return '_id';
  if (parameter.code === '_lastUpdated') return 'lu';
  if (modifier === 'text' || modifier === 'of-type' || modifier === 'identifier')
    return fieldName(parameter.code, modifier);
  return fieldName(parameter.code) + (hasSubdocuments(parameter) && parameter.type !== 'composite' ? '.lo' : '');
}

async function found(collection: Documents, query: SearchQuery, hint?: string): Promise<readonly string[]> {
  const options = { projection: { _id: 1 }, ...(hint === undefined ? {} : { hint: { [hint]: 1 } }) } as const;
  const documents = await collection
    .find(criteriaFilter(query.criteria.filter(isParameterCriterion), NOW) as object, options)
    .toArray();
  return documents.map(({ _id }) => _id).sort();
}

/** A collection can't have more than 64. */
const MOST_INDEXES = 60;

/** Creates indexes that the searches can be made to go through. @returns what they lead with */
async function createIndexes(collection: Documents, parameters: readonly CompiledSearchParameter[]) {
  const plain = parameters.map((parameter) => indexKey({ parameter }));
  const modified = parameters.flatMap((parameter) =>
    [...parameter.modifiers].map((modifier) => indexKey({ parameter, modifier })),
  );
  const keys = new Set([...plain, ...modified].slice(0, MOST_INDEXES));
  for (const key of keys) if (key !== '_id') await collection.createIndex({ [key]: 1 });
  return keys;
}

interface Searched {
  readonly collection: Documents;
  readonly indexes: ReadonlySet<string>;
  readonly entries: ReadonlyMap<string, readonly IndexEntry[]>;
}

/** The numbers of resources that matched and that didn't, once found to be the same both ways. */
async function compare(
  query: SearchQuery,
  asked: unknown,
  { collection, indexes, entries }: Searched,
): Promise<readonly number[]> {
  const accepted = [...entries.keys()].filter((id) => matchesQuery(entries.get(id) ?? [], query, NOW)).sort();
  expect({ asked, found: await found(collection, query) }).toEqual({ asked, found: accepted });
  const [criterion, ...more] = query.criteria.filter(isParameterCriterion);
  if (criterion && more.length === 0 && indexes.has(indexKey(criterion))) {
    const throughIndex = await found(collection, query, indexKey(criterion));
    expect({ asked, throughIndex }).toEqual({ asked, throughIndex: accepted });
  }
  return [accepted.length, entries.size - accepted.length];
}

describe.each(TYPES)('searching %s', (type) => {
  test('MongoDB finds exactly what the definition of the search accepts, with and without an index', async () => {
    const parameters = compiledFor(type);
    const collection: Documents = client.db(`contract_search_${process.pid}`).collection(type);
    const indexes = await createIndexes(collection, parameters);
    let [matches, misses] = [0, 0];
    const property = fc.asyncProperty(
      fc.array(randomResource(elements, type), { minLength: 1, maxLength: 8 }),
      fc.array(fc.array(randomParameter(parameters), { minLength: 1, maxLength: 2 }), { minLength: 8, maxLength: 16 }),
      fc.infiniteStream(fc.nat()),
      async (grown, queries, choices) => {
        const resources = grown.map(identify);
        await collection.deleteMany({});
        await collection.insertMany(resources.map((resource) => toDocument(resource, parameters)));
        const entries = new Map(
          resources.map((resource) => [resource['id'] as string, extractIndexEntries(resource, parameters, BASE_URL)]),
        );
        const all = [...entries.values()].flat();
        const echoes = queries
          .map(() => all[(choices.next().value ?? 0) % all.length])
          .map((entry) => entry && echo(entry));
        for (const list of [...queries, ...echoes.map((one) => (one ? [one] : []))]) {
          const query = read(type, list, parameters);
          if (!query) continue;
          const [more = 0, fewer = 0] = await compare(query, list, { collection, indexes, entries });
          matches += more;
          misses += fewer;
        }
      },
    );
    await fc.assert(property, { numRuns: 4 });
    await collection.drop();
    expect(matches).toBeGreaterThan(0);
    expect(misses).toBeGreaterThan(0);
  });
});
