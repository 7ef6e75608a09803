/** The `Search` port of FHIR Works on MongoDB: pages with sealed links. */
import type { TypeSearchRequest } from 'fhir-works-on-aws-interface';
import { pageSize } from '../definitions/server.ts';
import { badValue, notSupported } from '../fhir/error.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import { formatParams } from '../fhir/search-params.ts';
import type { SearchQuery } from '../search/query.ts';
import { type FoundPage, toEntry } from './found-page.ts';
import { openPosition, sealPosition } from './search/cursor.ts';
import { countMatches, matchingIds, parseQuery, searchPage } from './search/type-search.ts';
import type { Store } from './versions.ts';

/** The parameter that carries the place where a page begins. */
const CURSOR = '_cursor';

/** @param pageKey 32 bytes, the same on every server of the deployment. */
export function mongoSearch(store: Store, pageKey: Buffer) {
  return {
    typeSearch: async (request: TypeSearchRequest & { readonly queryParams: SearchParams }) => ({
      result: await typeSearch(store, pageKey, request),
    }),
    matchingIds: (resourceType: string, params: SearchParams) => matchingIds(store, { resourceType, params }),
    globalSearch: (): Promise<never> => Promise.reject(notSupported('This server does not search all types at once.')),
    getCapabilities: async () => searchCapabilities(store),
    validateSubscriptionSearchCriteria: (criteria: string): void => {
      throw notSupported(`Subscriptions are not worked off by this server (${criteria.length} characters).`);
    },
  };
}

async function typeSearch(
  store: Store,
  pageKey: Buffer,
  { resourceType, queryParams, baseUrl, searchFilters }: TypeSearchRequest & { readonly queryParams: SearchParams },
): Promise<FoundPage> {
  // Fails closed: a restriction that were passed over would show what it is meant to hide.
  if (searchFilters?.length) throw notSupported('This server takes no restrictions by search filters.');
  const { [CURSOR]: sealed, ...asked } = queryParams;
  const query = parseQuery(store, resourceType, asked);
  const params = asServed(asked, query);
  const self = `${resourceType}?${formatParams(params)}`;
  const selfUrl = `${baseUrl}/${self}`.replace(/\?$/, '');
  if (query.count === 0) {
    return { numberOfResults: await countMatches(store, query), entries: [], message: '', selfUrl };
  }
  const after = sealed === undefined ? undefined : openPosition(pageKey, self, onlyOne(CURSOR, sealed));
  const count = Math.min(query.count ?? pageSize.usual, pageSize.most);
  const { matches, next } = await searchPage(store, query, { count, after });
  const nextUrl =
    next && `${baseUrl}/${self}${self.endsWith('?') ? '' : '&'}${CURSOR}=${sealPosition(pageKey, self, next)}`;
  return {
    numberOfResults: -1,
    entries: matches.map((resource) => toEntry(resource, baseUrl)),
    message: '',
    selfUrl,
    ...(nextUrl ? { nextResultUrl: nextUrl } : {}),
  };
}

/** The parameters with the `_count` that is used: links tell what was done, not what was asked for. */
function asServed(params: SearchParams, { count }: SearchQuery): SearchParams {
  const { _count } = params;
  if (_count === undefined || count === undefined) return params;
  onlyOne('_count', _count);
  return { ...params, _count: String(Math.min(count, pageSize.most)) };
}

function onlyOne(name: string, value: string | readonly string[]): string {
  if (typeof value === 'string') return value;
  throw badValue(`${name} is given more than once.`, `http.${name}`);
}

function searchCapabilities(store: Store) {
  const { resourceTypes, searchParameters } = store.definitions;
  const capabilities = resourceTypes.map((resourceType) => {
    const searchParam = searchParameters(resourceType).map(({ code, type }) => ({ name: code, type }));
    return [resourceType, { searchParam, searchInclude: [], searchRevInclude: [] }];
  });
  return Object.fromEntries(capabilities);
}
