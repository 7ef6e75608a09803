/** The `History` port of FHIR Works on MongoDB. */
import type { InstanceHistoryRequest } from 'fhir-works-on-aws-interface';
import { pageSize } from '../definitions/server.ts';
import { badValue, notSupported } from '../fhir/error.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import { formatParams } from '../fhir/search-params.ts';
import { type FoundPage, toEntry } from './found-page.ts';
import { instanceHistory } from './history.ts';
import type { Store } from './versions.ts';

/** The parameter that carries the version below which a page begins. */
const CURSOR = '_cursor';

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
  const count = Math.min(wholeNumber('_count', _count) ?? pageSize.usual, pageSize.most);
  const below = wholeNumber(CURSOR, cursor);
  const { versions, total, next } = await instanceHistory(store, { resourceType, id, count, below });
  const query = formatParams(queryParams);
  const url = `${baseUrl}/${resourceType}/${id}/_history`;
  return {
    numberOfResults: total,
    entries: versions.map(({ stored, creates }) => ({ ...toEntry(stored, baseUrl), creates })),
    message: '',
    selfUrl: query === '' ? url : `${url}?${query}`,
    ...(next === undefined ? {} : { nextResultUrl: `${url}?_count=${count}&${CURSOR}=${next}` }),
  };
}

function wholeNumber(name: string, value: string | readonly string[] | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^\d{1,9}$/.test(value)) return Number(value);
  throw badValue(`${name} must be one whole number.`, `http.${name}`);
}
