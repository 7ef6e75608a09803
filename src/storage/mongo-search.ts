/** The `Search` and `History` ports of FHIR Works on MongoDB: pages with sealed links. */
import type { InstanceHistoryRequest, TypeSearchRequest } from 'fhir-works-on-aws-interface';
import { badValue, notSupported } from '../fhir/error.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import { formatParams } from '../fhir/search-params.ts';
import type { StoredResource } from '../fhir/stored-resource.ts';
import { instanceHistory } from './history.ts';
import { openPosition, sealPosition } from './search/cursor.ts';

import { countMatches, DEFAULT_COUNT, MAX_COUNT, matchingIds, parseQuery, searchPage } from './search/type-search.ts';
import type { Store } from './versions.ts';

interface FoundPage {
  readonly numberOfResults: number;
  readonly entries: { fullUrl: string; resource: StoredResource; search: { mode: 'match' } }[];
  readonly message: string;
  readonly selfUrl: string;
  readonly nextResultUrl?: string;
}

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
  if (searchFilters?.length) throw notSupported('Restrictions by search filters are not implemented.');
  const { [CURSOR]: sealed, ...params } = queryParams;
  const query = parseQuery(store, resourceType, params);
  const self = `${resourceType}?${formatParams(params)}`;
  const selfUrl = `${baseUrl}/${self}`.replace(/\?$/, '');
  if (query.count === 0) {
    return { numberOfResults: await countMatches(store, query), entries: [], message: '', selfUrl };
  }
  const after = sealed === undefined ? undefined : openPosition(pageKey, self, onlyOne(sealed));
  const count = Math.min(query.count ?? DEFAULT_COUNT, MAX_COUNT);
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

function onlyOne(value: string | readonly string[]): string {
  if (typeof value === 'string') return value;
  throw badValue(`${CURSOR} is given more than once.`, `http.${CURSOR}`);
}

const toEntry = (resource: StoredResource, baseUrl: string) => ({
  fullUrl: `${baseUrl}/${resource.resourceType}/${resource.id}`,
  resource,
  search: { mode: 'match' as const },
});

function searchCapabilities(store: Store) {
  const { resourceTypes, searchParameters } = store.definitions;
  const capabilities = resourceTypes.map((resourceType) => {
    const searchParam = searchParameters(resourceType).map(({ code, type }) => ({ name: code, type }));
    return [resourceType, { searchParam, searchInclude: [], searchRevInclude: [] }];
  });
  return Object.fromEntries(capabilities);
}

export function mongoHistory(store: Store) {
  return {
    instanceHistory: async (request: InstanceHistoryRequest & { readonly queryParams: SearchParams }) => ({
      result: await historyPage(store, request),
    }),
    typeHistory: (): Promise<never> =>
      Promise.reject(notSupported('This server does not serve the history of a type.')),
    globalHistory: (): Promise<never> =>
      Promise.reject(notSupported('This server does not serve the history of everything.')),
  };
}

async function historyPage(
  store: Store,
  { resourceType, id, baseUrl, queryParams }: InstanceHistoryRequest & { readonly queryParams: SearchParams },
): Promise<FoundPage> {
  const { _count, [CURSOR]: cursor, ...unknown } = queryParams;
  const [unsupported] = Object.keys(unknown);
  if (unsupported !== undefined) {
    throw notSupported(`The parameter ${unsupported} of history is not supported.`, `http.${unsupported}`);
  }
  const count = Math.min(wholeNumber('_count', _count) ?? DEFAULT_COUNT, MAX_COUNT);
  const below = wholeNumber(CURSOR, cursor);
  const { versions, total, next } = await instanceHistory(store, { resourceType, id, count, below });
  const url = `${baseUrl}/${resourceType}/${id}/_history`;
  return {
    numberOfResults: total,
    entries: versions.map((version) => toEntry(version, baseUrl)),
    message: '',
    selfUrl: url,
    ...(next === undefined ? {} : { nextResultUrl: `${url}?_count=${count}&${CURSOR}=${next}` }),
  };
}

function wholeNumber(name: string, value: string | readonly string[] | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^\d{1,9}$/.test(value)) return Number(value);
  throw badValue(`${name} must be one whole number.`, `http.${name}`);
}
