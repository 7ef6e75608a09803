/** Entries of Bundles and their answers, as the tests of batch and transaction write and read them. */
import type { Response } from 'supertest';
import type { TestServer } from '../support/jenner.ts';

export interface Entry {
  readonly fullUrl?: string;
  readonly resource?: object;
  readonly request?: object;
}
export interface Answer {
  readonly resource?: { readonly [element: string]: unknown };
  readonly response: {
    readonly status: string;
    readonly location?: string;
    readonly etag?: string;
    readonly lastModified?: string;
    readonly outcome?: {
      readonly issue: readonly { readonly severity: string; readonly expression?: readonly string[] }[];
    };
  };
}

export const answersOf = (response: { readonly body: { readonly entry?: readonly Answer[] } }): readonly Answer[] =>
  response.body.entry ?? [];
export const statuses = (answers: readonly Answer[]) => answers.map(({ response }) => response.status.slice(0, 3));

export const uuid = (number: number) => `urn:uuid:00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
export const patient = (family: string, more: object = {}) => ({
  resourceType: 'Patient',
  name: [{ family }],
  ...more,
});
export const postEntry = (resource: object & { readonly resourceType: string }, more: object = {}): Entry => ({
  resource,
  request: { method: 'POST', url: resource.resourceType, ...more },
});
export const putEntry = (
  resource: { readonly resourceType: string; readonly id: string },
  more: object = {},
): Entry => ({
  resource,
  request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}`, ...more },
});
export const deleteEntry = (url: string, more: object = {}): Entry => ({ request: { method: 'DELETE', url, ...more } });
export const getEntry = (url: string): Entry => ({ request: { method: 'GET', url } });
export const idOf = (answer: Answer | undefined): string => answer?.response.location?.split('/')[1] ?? '';

/** Sends a Bundle of these entries. */
export const sendBundle = (
  server: TestServer,
  type: 'batch' | 'transaction',
  entry: readonly Entry[],
): PromiseLike<Response> => server.post('', { resourceType: 'Bundle', type, ...(entry.length > 0 ? { entry } : {}) });

/** How many resources a search finds. */
export async function countMatches(server: TestServer, search: string): Promise<number> {
  const { body } = await server.get(`${search}${search.includes('?') ? '&' : '?'}_count=0`);
  return body.total;
}
