/** The links of a page (FHIR R4, http.html#paging): the search as it was done, and where there is such a page, others. */

import type { SearchParams } from '../../fhir/interaction.ts';
import { formatParams } from '../../fhir/search-params.ts';
import type { FoundPage } from '../found-page.ts';
import { type Cursor, openCursor, type Position, sealCursor } from './cursor.ts';
import type { Row, RowPage } from './search-page.ts';

/** The parameter that carries the place where a page begins. */
export const CURSOR = '_cursor';

/** A search by what it is asked for with. */
export interface SearchAddress {
  readonly baseUrl: string;
  /** Below the base: `Patient`, `Patient/1/Immunization`, or empty. */
  readonly path: string;
  readonly params: SearchParams;
}

export interface PageAddress extends SearchAddress {
  readonly pageKey: Buffer;
  /** Who searches; empty where that is anybody. */
  readonly holder: string;
  /** As the client sent it; undefined on the first page. */
  readonly sealed: string | undefined;
}

/** What a cursor belongs to: the same under every name that clients know this server by. */
const searchText = ({ path, params, holder }: PageAddress): string => `${path}?${formatParams(params)} ${holder}`;

function urlOf({ baseUrl, path, params }: SearchAddress, cursor: string | undefined): string {
  const query = [formatParams(params), ...(cursor === undefined ? [] : [`${CURSOR}=${cursor}`])].filter(Boolean);
  return `${baseUrl}${path && `/${path}`}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

/** @throws FhirError 400 where the link is none of this search */
export const readCursor = (address: PageAddress): Cursor | undefined =>
  address.sealed === undefined ? undefined : openCursor(address.pageKey, searchText(address), address.sealed);

export const selfUrl = (address: PageAddress): string => urlOf(address, address.sealed);

type Links = Pick<FoundPage, 'firstResultUrl' | 'previousResultUrl' | 'nextResultUrl'>;

/** @param cursor where the page began @param pages what goes into the cursors of the others */
export function pageLinks(
  address: PageAddress,
  { rows, hasMore }: RowPage,
  { cursor, ...pages }: { readonly cursor: Cursor | undefined } & Pick<Cursor, 'asOf' | 'total'>,
): Links {
  const seal = (row: Row, backward: boolean): string =>
    urlOf(address, sealCursor(address.pageKey, searchText(address), { ...pages, position: positionOf(row), backward }));
  const isBackward = cursor?.backward === true;
  const previous = (isBackward ? hasMore : cursor !== undefined) ? rows[0] : undefined;
  const next = isBackward || hasMore ? rows.at(-1) : undefined;
  return {
    ...(cursor || next ? { firstResultUrl: urlOf(address, undefined) } : {}),
    ...(previous ? { previousResultUrl: seal(previous, true) } : {}),
    ...(next ? { nextResultUrl: seal(next, false) } : {}),
  };
}

const positionOf = ({ resourceType, document, values }: Row): Position => ({
  resourceType,
  id: document._id,
  values,
});
