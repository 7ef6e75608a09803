/** A search from its parameters to its page: matches, what they include, links and total (FHIR R4, http.html#search). */
import { pageSize } from '../../definitions/server.ts';
import { badValue } from '../../fhir/error.ts';
import type { SearchParams } from '../../fhir/interaction.ts';
import { type FoundPage, toEntry } from '../found-page.ts';
import { toStored } from '../resource-document.ts';
import type { Store } from '../versions.ts';
import type { Cursor } from './cursor.ts';
import { findIncluded } from './includes.ts';
import { TIME_LIMIT_MS } from './inquiry.ts';
import { type KeyOrder, keyOrderOf } from './key-order.ts';
import { CURSOR, type PageAddress, pageLinks, readCursor, selfUrl } from './page-links.ts';
import { pageRanked } from './ranked-page.ts';
import { type Place, pageByType, pageMerged, type RowPage, type Source } from './search-page.ts';
import { type AskedSearch, type CompiledSearch, compileSearch } from './search-request.ts';
import { sourcesOf } from './sources.ts';
import { countAll, type Total, totalBeside } from './total.ts';

export interface SearchToAnswer extends AskedSearch {
  /** `Patient/<id>`: only what is in it. */
  readonly compartment: string | undefined;
  readonly baseUrl: string;
  /** Below the base: `Patient`, `Patient/1/Immunization`, or empty. */
  readonly path: string;
  readonly pageKey: Buffer;
}

/** What every step of an answer knows. */
interface Answering {
  readonly search: CompiledSearch;
  readonly sources: readonly Source[];
  readonly address: PageAddress;
  readonly cursor: Cursor | undefined;
}

/** @throws FhirError 400 naming what of the search is not supported, 503 where it takes too long */
export async function answerSearch(store: Store, asked: SearchToAnswer): Promise<FoundPage> {
  const { [CURSOR]: sealed, ...params } = asked.params;
  const search = compileSearch(store, { ...asked, params });
  const { baseUrl, path, pageKey } = asked;
  const address = {
    ...{ baseUrl, path, pageKey, holder: store.reach.kind === 'limited' ? store.reach.holder : '' },
    params: asServed(search),
    sealed: sealed === undefined ? undefined : onlyOne(CURSOR, sealed),
  };
  const cursor = readCursor(address);
  const sources = await sourcesOf(store, search, { compartment: asked.compartment, asOf: cursor?.asOf });
  const answering = { search, sources, address, cursor };
  return isCount(search) ? answerTotal(store, answering) : answerPage(store, answering);
}

const isCount = ({ count, options }: CompiledSearch): boolean => count === 0 || options.onlyTotal;

/** The parameters with the `_count` that is used: links tell what was done, not what was asked for. */
function asServed({ used, count }: CompiledSearch): SearchParams {
  return count === undefined ? used : { ...used, _count: String(Math.min(count, pageSize.most)) };
}

function onlyOne(name: string, value: string | readonly string[]): string {
  if (typeof value === 'string') return value;
  throw badValue(`${name} is given more than once.`, `http.${name}`);
}

async function answerTotal(store: Store, { search, sources, address }: Answering): Promise<FoundPage> {
  const total: Total =
    search.options.total === 'estimate'
      ? await totalBeside(store, sources, 'estimate')
      : { count: await countAll(store, sources, { timeLimit: TIME_LIMIT_MS }) };
  const issues = [...search.issues, ...(total.issue ? [total.issue] : [])];
  return { ...frameOf({ ...search, issues }, address), numberOfResults: total.count ?? -1, entries: [] };
}

const frameOf = ({ issues, options }: Pick<CompiledSearch, 'issues' | 'options'>, address: PageAddress) => ({
  message: '',
  selfUrl: selfUrl(address),
  issues,
  ...(options.view ? { view: options.view } : {}),
});

async function answerPage(store: Store, answering: Answering): Promise<FoundPage> {
  const { search, address, cursor } = answering;
  const asOf = cursor?.asOf ?? new Date();
  const [page, counted] = await Promise.all([readPage(store, answering), countBeside(store, answering)]);
  const included = await findIncluded(store, page.rows, search.options.includes);
  const whole = cursor === undefined && !page.hasMore && search.options.total !== 'none';
  const total = whole ? page.rows.length : counted.count;
  const issues = [search.issues, whole ? [] : (counted.issue ?? []), included.issue ?? []].flat();
  const matches = page.rows.map(({ resourceType, document }) => toStored(resourceType, document));
  return {
    ...frameOf({ ...search, issues }, address),
    ...pageLinks(address, page, { cursor, asOf, total }),
    numberOfResults: total ?? -1,
    entries: [
      ...matches.map((resource) => toEntry(resource, address.baseUrl, 'match')),
      ...included.resources.map((resource) => toEntry(resource, address.baseUrl, 'include')),
    ],
  };
}

/** Counted once, with the first page; the links carry it from there. */
async function countBeside(store: Store, { search, sources, cursor }: Answering): Promise<Total> {
  const { total = 'none' } = search.options;
  if (cursor) return { count: cursor.total };
  return total === 'none' ? { count: undefined } : totalBeside(store, sources, total);
}

/** By the index of the order where there is one; else all that matches is sorted. */
function readPage(store: Store, { search, sources, cursor }: Answering): Promise<RowPage> {
  const { sort } = search.options;
  const place: Place = {
    count: Math.min(search.count ?? pageSize.usual, pageSize.most),
    position: cursor?.position,
    backward: cursor?.backward ?? false,
  };
  const orders = sources.map(({ resourceType }) => keyOrderOf(store.definitions, resourceType, sort));
  if (!orders.every((order): order is KeyOrder => order !== undefined)) {
    return pageRanked(store, sources, { ...place, sort });
  }
  const ordered = sources.flatMap((source, at) => (orders[at] ? [{ ...source, order: orders[at] }] : []));
  return sort.length === 0 ? pageByType(store, ordered, place) : pageMerged(store, ordered, place);
}
