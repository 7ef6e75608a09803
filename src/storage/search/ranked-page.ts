/**
 * One page in an order that no index has (FHIR R4, search.html#sort): few enough matches are sorted as a whole, by
 * exactly what each of them is sorted by, whatever the database makes of lists.
 */
import type { Filter } from 'mongodb';
import type { Definitions } from '../../definitions/load.ts';
import { notSupported } from '../../fhir/error.ts';
import type { SortKey } from '../../search/result-parameters.ts';
import type { ResourceDocument } from '../database.ts';
import { VERSION_PROJECTION } from '../resource-document.ts';
import type { Store } from '../versions.ts';
import { all } from './combine.ts';
import type { Position } from './cursor.ts';
import { TIME_LIMIT_MS } from './inquiry.ts';
import { fieldsFor, keepMatches } from './keep.ts';
import { indexedSorts, type SortValue } from './key-order.ts';
import type { Place, Row, RowPage, Source } from './search-page.ts';
import { compareInOrder, sortValue, type TypedSortKey, valueField } from './sort-values.ts';

/** Matches that are sorted without an index, at most. */
export const MOST_RANKED = 20_000;

type Ranked = Position;

/** @throws FhirError 400 naming the orders that an index serves, where there are too many matches for this one */
export async function pageRanked(
  store: Store,
  sources: readonly Source[],
  { sort, ...place }: Place & { readonly sort: readonly SortKey[] },
): Promise<RowPage> {
  const ranked = await rankAll(store, sources, sort);
  const turn = place.backward ? -1 : 1;
  const types = new Map(sources.map(({ resourceType }, at) => [resourceType, at]));
  const compare = (a: Ranked, b: Ranked): number => turn * compareRanked(a, b, { sort, types });
  const { position, count } = place;
  const beyond = position ? ranked.filter((one) => compare(one, position) > 0) : ranked;
  const page = [...beyond].sort(compare).slice(0, count + 1);
  const chosen = page.slice(0, count);
  const rows = await readRanked(store, sources, place.backward ? chosen.toReversed() : chosen);
  return { rows, hasMore: page.length > count };
}

interface Comparison {
  readonly sort: readonly SortKey[];
  readonly types: ReadonlyMap<string, number>;
}

function compareRanked(a: Ranked, b: Ranked, { sort, types }: Comparison): number {
  for (const [at, { direction }] of sort.entries()) {
    const order = compareInOrder(a.values[at], b.values[at], direction);
    if (order !== 0) return order;
  }
  const byType = (types.get(a.resourceType) ?? 0) - (types.get(b.resourceType) ?? 0);
  return byType || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

async function rankAll(store: Store, sources: readonly Source[], sort: readonly SortKey[]): Promise<readonly Ranked[]> {
  const ranked: Ranked[] = [];
  for (const source of sources) {
    ranked.push(...(await rankSource(store, source, { sort, limit: MOST_RANKED + 1 - ranked.length })));
    if (ranked.length > MOST_RANKED) throw tooMany(store.definitions, sources, sort);
  }
  return ranked;
}

async function rankSource(
  store: Store,
  { resourceType, filter, pending, inquiry }: Source,
  { sort, limit }: { readonly sort: readonly SortKey[]; readonly limit: number },
): Promise<readonly Ranked[]> {
  const keys = typedKeys(store.definitions, resourceType, sort);
  const fields = ['_id', ...keys.map(({ parameter }) => valueField(parameter)), ...fieldsFor(pending)];
  const projection = Object.fromEntries(fields.map((field) => [field, 1]));
  const documents = await store.database
    .current(resourceType)
    .find(filter as Filter<ResourceDocument>, { projection, maxTimeMS: TIME_LIMIT_MS })
    .limit(limit)
    .batchSize(limit)
    .toArray();
  const isTooMany = documents.length === limit;
  const kept = isTooMany
    ? documents
    : await keepMatches(inquiry, resourceType, { criteria: pending, candidates: documents });
  return kept.map((document) => rank(document, resourceType, keys));
}

const rank = (document: ResourceDocument, resourceType: string, keys: readonly TypedSortKey[]): Ranked => ({
  resourceType,
  id: document._id,
  values: keys.map((key): SortValue | undefined => sortValue(document, key)),
});

function typedKeys(
  { searchParameters }: Pick<Definitions, 'searchParameters'>,
  resourceType: string,
  sort: readonly SortKey[],
): readonly TypedSortKey[] {
  const parameters = searchParameters(resourceType);
  return sort.flatMap(({ code, direction }) => {
    const parameter = parameters.find((candidate) => candidate.code === code);
    return parameter ? [{ parameter, direction }] : [];
  });
}

function tooMany(definitions: Definitions, sources: readonly Source[], sort: readonly SortKey[]) {
  const [first, ...others] = sources.map(({ resourceType }) => indexedSorts(definitions, resourceType));
  const served = (first ?? []).filter((code) => others.every((codes) => codes.includes(code)));
  const asked = sort.map(({ code, direction }) => (direction === -1 ? `-${code}` : code)).join(',');
  return notSupported(
    `No index has the order _sort=${asked}, and the matches are more than the ${MOST_RANKED} that are sorted without. ` +
      `Narrow the search, or sort by one of ${served.join(', ')}, with or without a -.`,
    'http._sort',
  );
}

/** Whole documents of the page; what was deleted meanwhile is not there any more. */
async function readRanked(store: Store, sources: readonly Source[], page: readonly Ranked[]): Promise<readonly Row[]> {
  const found = await Promise.all(
    sources.map(async ({ resourceType, filter, fields }) => {
      const ids = page.filter((one) => one.resourceType === resourceType).map(({ id }) => id);
      if (ids.length === 0) return [];
      const projection = { ...VERSION_PROJECTION, ...Object.fromEntries(fields.map((field) => [field, 1])) };
      const documents = await store.database
        .current(resourceType)
        .find(all([filter, { _id: { $in: ids } }]) as Filter<ResourceDocument>, {
          projection,
          maxTimeMS: TIME_LIMIT_MS,
        })
        .toArray();
      return documents.map((document) => [`${resourceType}/${document._id}`, document] as const);
    }),
  );
  const documents = new Map(found.flat());
  return page.flatMap(({ resourceType, id, values }) => {
    const document = documents.get(`${resourceType}/${id}`);
    return document ? [{ resourceType, document, values }] : [];
  });
}
