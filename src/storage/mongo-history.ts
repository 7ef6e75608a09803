/** The `History` port of FHIR Works on MongoDB: pages by keyset, newest first (FHIR R4, http.html#history). */
import type { GlobalHistoryRequest, InstanceHistoryRequest, TypeHistoryRequest } from 'fhir-works-on-aws-interface';
import { pageSize } from '../definitions/server.ts';
import { parseDate } from '../fhir/date.ts';
import { badRequest, badValue, notSupported } from '../fhir/error.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import { formatParams } from '../fhir/search-params.ts';
import { type FoundPage, toEntry } from './found-page.ts';
import { countVersions, type HistoryScope, historyPage, type VersionPosition } from './history.ts';
import type { Store } from './versions.ts';

/** The parameter that carries the version after which a page begins. */
const CURSOR = '_cursor';

type WithParams = { readonly queryParams: SearchParams };

export function mongoHistory(store: Store) {
  return {
    instanceHistory: async (request: InstanceHistoryRequest & WithParams) => {
      const { resourceType, id } = request;
      return { result: await answer(store, request, { path: `${resourceType}/${id}/`, resourceType, id }) };
    },
    typeHistory: async (request: TypeHistoryRequest & WithParams) => {
      const { resourceType } = request;
      return { result: await answer(store, request, { path: `${resourceType}/`, resourceType }) };
    },
    globalHistory: async (request: GlobalHistoryRequest & WithParams) => ({
      result: await answer(store, request, { path: '' }),
    }),
  };
}

interface Subject {
  /** What comes before `_history`. */
  readonly path: string;
  readonly resourceType?: string;
  readonly id?: string;
}

async function answer(
  store: Store,
  { baseUrl, queryParams }: WithParams & { readonly baseUrl: string },
  { path, ...subject }: Subject,
): Promise<FoundPage> {
  const { _count, [CURSOR]: cursor, ...filters } = queryParams;
  const scope = { ...subject, ...parseFilters(filters) };
  const asked = _count === undefined ? pageSize.usual : wholeNumber('_count', _count);
  const count = Math.min(asked, pageSize.most);
  const used = { ...filters, ...(_count === undefined ? {} : { _count: String(count) }) };
  const url = (params: SearchParams) => `${baseUrl}/${path}_history?${formatParams(params)}`.replace(/\?$/, '');
  const frame = { message: '', selfUrl: url({ ...used, ...(cursor === undefined ? {} : { [CURSOR]: cursor }) }) };
  if (count === 0) return { ...frame, numberOfResults: await countVersions(store, scope), entries: [] };
  const { versions, next } = await historyPage(store, { ...scope, count, after: parseCursor(cursor) });
  return {
    ...frame,
    numberOfResults: subject.id === undefined ? -1 : await countVersions(store, scope),
    entries: versions.map(({ stored, creates }) => ({ ...toEntry(stored, baseUrl), creates })),
    ...(next ? { nextResultUrl: url({ ...used, [CURSOR]: formatCursor(next) }) } : {}),
  };
}

function parseFilters({ _since, _at, ...unknown }: SearchParams): Pick<HistoryScope, 'since' | 'at'> {
  const [unsupported] = Object.keys(unknown);
  if (unsupported !== undefined) {
    throw notSupported(`The parameter ${unsupported} of history is not supported.`, `http.${unsupported}`);
  }
  return {
    ...(_since === undefined ? {} : { since: parseSince(_since) }),
    ...(_at === undefined ? {} : { at: parseAt(_at) }),
  };
}

type ParameterValue = string | readonly string[];

/** `+` of a time zone may have become a space on its way through a query. */
const single = (value: ParameterValue): string =>
  typeof value === 'string' ? value.replace(/ (?=\d\d:\d\d$)/, '+') : '';

function parseSince(value: ParameterValue): Date {
  const interval = parseDate(single(value));
  if (interval?.zoned) return new Date(interval.lo);
  throw badValue('_since must be one instant, such as 2026-01-31T12:00:00Z.', 'http._since');
}

function parseAt(value: ParameterValue): { readonly from: Date; readonly to: Date } {
  const interval = parseDate(single(value));
  if (interval) return { from: new Date(interval.lo), to: new Date(interval.hi) };
  throw badValue('_at must be one date, dateTime or instant.', 'http._at');
}

function wholeNumber(name: string, value: ParameterValue): number {
  if (typeof value === 'string' && /^\d{1,9}$/.test(value)) return Number(value);
  throw badValue(`${name} must be one whole number.`, `http.${name}`);
}

const formatCursor = ({ lastUpdated, resourceType, id }: VersionPosition): string =>
  `${lastUpdated.getTime().toString(36)}_${resourceType}_${id}`;

/** A place proves nothing and hides nothing: who may see the page is decided for the page. */
function parseCursor(value: ParameterValue | undefined): VersionPosition | undefined {
  if (value === undefined) return undefined;
  const [, time, resourceType, id] =
    (typeof value === 'string' && /^([\da-z]{1,11})_([A-Z][A-Za-z]+)_([A-Za-z0-9\-.]{1,64})$/.exec(value)) || [];
  const lastUpdated = new Date(Number.parseInt(time ?? '', 36));
  if (resourceType && id && !Number.isNaN(lastUpdated.getTime())) return { lastUpdated, resourceType, id };
  throw badRequest('This is no page link of this server; start again from the first page.', 'http._cursor');
}
