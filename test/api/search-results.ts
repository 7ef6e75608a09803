/** Searches and their Bundles, as the tests of search results read them. */
import { expect } from 'vitest';
import type { TestServer } from '../support/jenner.ts';

interface FoundEntry {
  readonly fullUrl?: string;
  readonly resource: {
    readonly resourceType: string;
    readonly id: string;
    readonly meta?: { readonly tag?: readonly { readonly code: string }[] };
    readonly issue?: readonly { readonly diagnostics: string; readonly expression?: readonly string[] }[];
    readonly [element: string]: unknown;
  };
  readonly search: { readonly mode: 'match' | 'include' | 'outcome' };
}

export interface Found {
  readonly total?: number;
  readonly link: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly FoundEntry[];
}

/** The Bundle of a search that succeeds. */
export async function find(server: TestServer, search: string, headers: Record<string, string> = {}): Promise<Found> {
  const { pathname, search: query } = new URL(search, `${server.base}/`);
  const { status, body } = await server.fhir.get(pathname + query).set(headers);
  expect(status, `${search}: ${JSON.stringify(body)}`).toBe(200);
  return body;
}

export const entriesOf = ({ entry = [] }: Found, mode: FoundEntry['search']['mode']) =>
  entry.filter(({ search }) => search.mode === mode);

/** `Type/id` of the entries of a mode, in their order. */
export const namesOf = (found: Found, mode: FoundEntry['search']['mode'] = 'match'): readonly string[] =>
  entriesOf(found, mode).map(({ resource }) => `${resource.resourceType}/${resource.id}`);

export const idsOf = (found: Found): readonly string[] => entriesOf(found, 'match').map(({ resource }) => resource.id);

export const linkOf = ({ link }: Found, name: string): string | undefined =>
  link.find(({ relation }) => relation === name)?.url;

/** All pages from the first on. */
export async function pagesOf(server: TestServer, search: string): Promise<readonly Found[]> {
  const pages = [await find(server, search)];
  for (let next = linkOf(pages[0] as Found, 'next'); next; next = linkOf(pages.at(-1) as Found, 'next')) {
    pages.push(await find(server, next));
  }
  return pages;
}

/** The ids of the pages before the last one, come to from it by their `previous` links. */
export async function pagesBackFrom(server: TestServer, last: Found): Promise<readonly (readonly string[])[]> {
  const back: (readonly string[])[] = [];
  for (let url = linkOf(last, 'previous'); url; ) {
    const page: Found = await find(server, url);
    back.unshift(idsOf(page));
    url = linkOf(page, 'previous');
  }
  return back;
}

/** The refusal of a search: its status, and what its first issue is about. */
export async function refusalOf(server: TestServer, search: string, headers: Record<string, string> = {}) {
  const { status, body } = await server.get(search).set(headers);
  const [issue] = body.issue ?? [];
  return { status, expression: issue?.expression?.[0], diagnostics: issue?.diagnostics ?? '' };
}
