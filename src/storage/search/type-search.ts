/** Searching one type (FHIR R4, http.html#search): criteria to filter to page, within one query and one order. */
import type { ClientSession, Filter } from 'mongodb';
import { badValue, notSupported, tooCostly } from '../../fhir/error.ts';
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
import { type Asking, beginInquiry, findVisible, TIME_LIMIT_MS } from './inquiry.ts';
import { orderHint } from './order-hint.ts';
import { fieldOf, sortOf, stretchesAfter } from './page-filter.ts';
import { select } from './select.ts';
import { vocabularyOf } from './vocabulary.ts';
import { inOrderOfIds, walk, walkCount } from './walk.ts';

export interface SearchPage {
  readonly matches: readonly StoredResource[];
  /** Where the next page goes on; undefined on the last one. */
  readonly next: Position | undefined;
}

/** @throws FhirError 400 naming what is not supported: nothing of a query is ever passed over. */
export function parseQuery(store: Store, resourceType: string, params: SearchParams): SearchQuery {
  const query = parseSearchQuery(resourceType, params, vocabularyOf(store, resourceType));
  const [unsupported] = query.resultParameters;
  if (!unsupported) return query;
  throw notSupported(`The parameter ${unsupported.name} is not supported.`, `http.${unsupported.name}`);
}

/**
 * Matches everything that the query finds and the reach shows; tombstones are found by nothing.
 * @throws FhirError 400 where no filter can say it, and resources would have to be read one after the other
 */
export async function queryFilter(
  store: Store,
  { resourceType, criteria }: Pick<SearchQuery, 'resourceType' | 'criteria'>,
  asking: Asking,
): Promise<Conditions> {
  const { conditions, pending } = await select(beginInquiry(store, asking), resourceType, criteria);
  const [criterion] = pending;
  if (!criterion) return visible(store.reach, resourceType, [conditions]);
  throw tooCostly(`"${criterion.name}" finds too many; add a parameter that finds few.`, `http.${criterion.name}`);
}

/** One page in the default order of the type. */
export async function searchPage(
  store: Store,
  query: SearchQuery,
  page: { readonly count: number; readonly after: Position | undefined },
): Promise<SearchPage> {
  const { resourceType, criteria } = query;
  const order = store.definitions.defaultOrder(resourceType);
  const field = order && fieldOf(order);
  const inquiry = beginInquiry(store, { now: new Date() });
  const { conditions, pending } = await select(inquiry, resourceType, criteria);
  const filter = visible(store.reach, resourceType, [conditions]);
  const read = (after: Position | undefined, limit: number) => readPage(store, resourceType, { filter, after, limit });
  const walked = (last: ResourceDocument | undefined, limit: number) =>
    read(last ? positionOf(last, field) : page.after, limit);
  const documents =
    pending.length === 0
      ? await read(page.after, page.count + 1)
      : await walk(inquiry, { resourceType, pending, read: walked }, page.count + 1);
  const matches = documents.slice(0, page.count);
  const last = documents.length > page.count ? matches.at(-1) : undefined;
  return {
    matches: matches.map((document) => toStored(resourceType, document)),
    next: last && positionOf(last, field),
  };
}

interface Page {
  readonly filter: Conditions;
  readonly after: Position | undefined;
  readonly limit: number;
}

async function readPage(
  store: Store,
  resourceType: string,
  { filter, after, limit }: Page,
): Promise<ResourceDocument[]> {
  const documents: ResourceDocument[] = [];
  for (const stretch of stretchesAfter(store.definitions.defaultOrder(resourceType), after)) {
    const rest = limit - documents.length;
    if (rest > 0) documents.push(...(await findStretch(store, resourceType, { filter, stretch, limit: rest })));
  }
  return documents;
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

export async function countMatches(store: Store, { resourceType, criteria }: SearchQuery): Promise<number> {
  const inquiry = beginInquiry(store, { now: new Date() });
  const { conditions, pending } = await select(inquiry, resourceType, criteria);
  if (pending.length > 0) return walkCount(inquiry, inOrderOfIds(inquiry, { resourceType, conditions, pending }));
  const filter = visible(store.reach, resourceType, [conditions]) as Filter<ResourceDocument>;
  return store.database.current(resourceType).countDocuments(filter, { maxTimeMS: TIME_LIMIT_MS });
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
): Promise<readonly string[]> {
  const { resourceType, session, most: wanted = 2 } = search;
  const { criteria } = parseQuery(store, resourceType, search.params);
  // Without criteria everything would match: whatever hangs on the condition would be wrong.
  if (criteria.length === 0) throw badValue('A condition needs at least one search criterion.');
  const inquiry = beginInquiry(store, { now: new Date(), ...(session ? { session } : {}) });
  const { conditions, pending } = await select(inquiry, resourceType, criteria);
  const found =
    pending.length === 0
      ? await findVisible(inquiry, { resourceType, conditions: [conditions], limit: wanted })
      : await walk(inquiry, inOrderOfIds(inquiry, { resourceType, conditions, pending }), wanted);
  return found.map(({ _id }) => _id);
}
