/** Searching one type (FHIR R4, http.html#search): criteria to filter to page, within one query and one order. */
import type { ClientSession, Filter } from 'mongodb';
import { badValue, notSupported } from '../../fhir/error.ts';
import type { SearchParams } from '../../fhir/interaction.ts';
import type { StoredResource } from '../../fhir/stored-resource.ts';
import { parseSearchQuery } from '../../search/parse.ts';
import type { SearchQuery } from '../../search/query.ts';
import type { ResourceDocument } from '../database.ts';
import { visible } from '../reach.ts';
import { toStored, VERSION_PROJECTION } from '../resource-document.ts';
import type { Store } from '../versions.ts';
import { all, type Conditions } from './combine.ts';
import type { Position } from './cursor.ts';
import { criteriaFilter } from './filter.ts';
import { orderHint } from './order-hint.ts';
import { fieldOf, sortOf, stretchesAfter } from './page-filter.ts';

/** A search that the database can't finish in this time is given up, in milliseconds. */
export const TIME_LIMIT_MS = 20_000;

export interface SearchPage {
  readonly matches: readonly StoredResource[];
  /** Where the next page goes on; undefined on the last one. */
  readonly next: Position | undefined;
}

/** @throws FhirError 400 naming what is not supported: nothing of a query is ever passed over. */
export function parseQuery(store: Store, resourceType: string, params: SearchParams): SearchQuery {
  const parameters = store.definitions.searchParameters(resourceType);
  const query = parseSearchQuery(resourceType, params, { parameters, baseUrl: store.baseUrl });
  const [unsupported] = query.resultParameters;
  if (!unsupported) return query;
  throw notSupported(`The parameter ${unsupported.name} is not supported.`, `http.${unsupported.name}`);
}

/** When a query is asked: what `ap` of a date measures from, and the session that its own queries are part of. */
export interface Asking {
  readonly now: Date;
  readonly session?: ClientSession;
}

/** Matches everything that the query finds and the reach shows; tombstones are found by nothing. */
export async function queryFilter(
  { reach }: Pick<Store, 'reach'>,
  query: Pick<SearchQuery, 'resourceType' | 'criteria'>,
  { now }: Asking,
): Promise<Conditions> {
  return visible(reach, query.resourceType, [criteriaFilter(query.criteria, now)]);
}

/** One page in the default order of the type. */
export async function searchPage(
  store: Store,
  query: SearchQuery,
  page: { readonly count: number; readonly after: Position | undefined },
): Promise<SearchPage> {
  const order = store.definitions.defaultOrder(query.resourceType);
  const filter = await queryFilter(store, query, { now: new Date() });
  const documents: ResourceDocument[] = [];
  for (const stretch of stretchesAfter(order, page.after)) {
    const limit = page.count + 1 - documents.length;
    if (limit > 0) documents.push(...(await findStretch(store, query.resourceType, { filter, stretch, limit })));
  }
  const matches = documents.slice(0, page.count);
  const last = documents.length > page.count ? matches.at(-1) : undefined;
  return {
    matches: matches.map((document) => toStored(query.resourceType, document)),
    next: last && positionOf(last, order && fieldOf(order)),
  };
}

interface Stretch {
  readonly filter: Conditions;
  readonly stretch: Conditions;
  readonly limit: number;
}

function findStretch(
  store: Store,
  resourceType: string,
  { filter, stretch, limit }: Stretch,
): Promise<ResourceDocument[]> {
  const order = store.definitions.defaultOrder(resourceType);
  const projection = order ? { ...VERSION_PROJECTION, [fieldOf(order)]: 1 } : VERSION_PROJECTION;
  const sort = sortOf(order);
  const hint = orderHint(filter, sort, store.definitions.indexes(resourceType));
  const options = { projection, maxTimeMS: TIME_LIMIT_MS, ...(hint ? { hint } : {}) };
  return store.database
    .current(resourceType)
    .find(all([filter, stretch]) as Filter<ResourceDocument>, options)
    .sort(sort)
    .limit(limit)
    .batchSize(limit)
    .toArray();
}

function positionOf(document: ResourceDocument, field: string | undefined): Position {
  if (!field) return { id: document._id };
  const [name, part] = field.split('.') as [`s_${string}`, string];
  const value = (document[name] as Record<string, Date> | undefined)?.[part];
  return { id: document._id, ...(value ? { value } : {}) };
}

export async function countMatches(store: Store, query: SearchQuery): Promise<number> {
  const filter = (await queryFilter(store, query, { now: new Date() })) as Filter<ResourceDocument>;
  return store.database.current(query.resourceType).countDocuments(filter, { maxTimeMS: TIME_LIMIT_MS });
}

/** The ids that match, read within the session where one is given; two are enough to know none, one or several. */
export async function matchingIds(
  store: Store,
  search: {
    readonly resourceType: string;
    readonly params: SearchParams;
    readonly session?: ClientSession;
    /** How many at most: 2 where nothing is said. */
    readonly most?: number;
  },
): Promise<string[]> {
  const query = parseQuery(store, search.resourceType, search.params);
  // Without criteria everything would match: whatever hangs on the condition would be wrong.
  if (query.criteria.length === 0) throw badValue('A condition needs at least one search criterion.');
  const { session } = search;
  const within = session ? { session } : {};
  const filter = (await queryFilter(store, query, { now: new Date(), ...within })) as Filter<ResourceDocument>;
  const options = { projection: { _id: 1 }, maxTimeMS: TIME_LIMIT_MS, ...within };
  const found = await store.database
    .current(search.resourceType)
    .find(filter, options)
    .limit(search.most ?? 2)
    .toArray();
  return found.map(({ _id }) => _id);
}
