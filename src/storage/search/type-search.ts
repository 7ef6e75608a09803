/** Which resources of one type match (FHIR R4, http.html#search): from criteria to a filter, and to ids. */
import type { ClientSession, Filter } from 'mongodb';
import { badValue, notSupported } from '../../fhir/error.ts';
import type { SearchParams } from '../../fhir/interaction.ts';
import { parseSearchQuery } from '../../search/parse.ts';
import type { SearchQuery } from '../../search/query.ts';
import type { ResourceDocument } from '../database.ts';
import { visible } from '../reach.ts';
import type { Store } from '../versions.ts';
import type { Conditions } from './combine.ts';
import { criteriaFilter } from './filter.ts';
import { TIME_LIMIT_MS } from './search-page.ts';

/**
 * The criteria of a condition, which says nothing about a result.
 * @throws FhirError 400 naming what is not supported: nothing of a condition is ever passed over
 */
function parseCondition(store: Store, resourceType: string, params: SearchParams): SearchQuery {
  const parameters = store.definitions.searchParameters(resourceType);
  const query = parseSearchQuery(resourceType, params, { parameters, baseUrl: store.baseUrl });
  const [unsupported = query.count === undefined ? undefined : { name: '_count' }] = query.resultParameters;
  if (unsupported) {
    throw notSupported(`${unsupported.name} is about a result, which a condition has not.`, `http.${unsupported.name}`);
  }
  // Without criteria everything would match: whatever hangs on the condition would be wrong.
  if (query.criteria.length === 0) throw badValue('A condition needs at least one search criterion.');
  return query;
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
  const query = parseCondition(store, search.resourceType, search.params);
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
