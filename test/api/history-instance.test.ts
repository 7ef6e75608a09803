import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

interface Entry {
  readonly fullUrl: string;
  readonly resource?: { readonly meta: { readonly versionId: string; readonly lastUpdated: string } };
  readonly request: { readonly method: string; readonly url: string };
  readonly response: { readonly status: string; readonly etag: string; readonly lastModified: string };
}

const list = (id: string, version: number) => ({
  resourceType: 'List',
  id,
  status: 'current',
  mode: 'working',
  title: `version ${version}`,
});

async function pages(path: string): Promise<Entry[][]> {
  const found: Entry[][] = [];
  for (let next: string | undefined = path; next; ) {
    const { status, body } = await server.get(next);
    expect(status).toBe(200);
    found.push(body.entry ?? []);
    next = body.link.find(({ relation }: { readonly relation: string }) => relation === 'next')?.url;
  }
  return found;
}

describe('history of an instance', () => {
  it('lists what was done to the resource, newest first, each entry with its request and its response', async () => {
    const { body: created } = await server.post('List', list('ignored', 1));
    const { id } = created;
    await server.put(`List/${id}`, list(id, 2));
    await server.delete(`List/${id}`);
    await server.put(`List/${id}`, list(id, 4));
    const { status, body } = await server.get(`List/${id}/_history`);
    expect([status, body.resourceType, body.type, body.total]).toEqual([200, 'Bundle', 'history', 4]);
    const entries: Entry[] = body.entry;
    expect(entries.map(({ request }) => `${request.method} ${request.url}`)).toEqual([
      `PUT List/${id}`,
      `DELETE List/${id}`,
      `PUT List/${id}`,
      'POST List',
    ]);
    expect(entries.map(({ response }) => response.etag)).toEqual(['W/"4"', 'W/"3"', 'W/"2"', 'W/"1"']);
    expect(entries.map(({ response }) => response.status.slice(0, 3))).toEqual(['201', '204', '200', '201']);
    expect(entries.map(({ resource }) => resource?.meta.versionId)).toEqual(['4', undefined, '2', '1']);
    expect(new Set(entries.map(({ fullUrl }) => fullUrl))).toEqual(new Set([`${server.base}/List/${id}`]));
    for (const { resource, response } of entries) {
      if (resource) expect(response.lastModified).toBe(resource.meta.lastUpdated);
    }
  });

  it('goes through all versions page by page, without repeats or gaps, also when a version is added meanwhile', async () => {
    for (let version = 1; version <= 7; version++) await server.put('List/paged', list('paged', version));
    for (const count of [1, 2, 3, 6, 7, 8]) {
      const found = await pages(`List/paged/_history?_count=${count}`);
      expect(found.every((page) => page.length <= count)).toBe(true);
      expect(found.flat().map(({ response }) => response.etag)).toEqual(
        [7, 6, 5, 4, 3, 2, 1].map((version) => `W/"${version}"`),
      );
    }
    const first = (await server.get('List/paged/_history?_count=2')).body;
    await server.put('List/paged', list('paged', 8));
    const rest = await pages(first.link.find(({ relation }: { readonly relation: string }) => relation === 'next').url);
    expect(rest.flat().map(({ response }) => response.etag)).toEqual(
      [5, 4, 3, 2, 1].map((version) => `W/"${version}"`),
    );
  });

  it('tells in the self link which parameters it used', async () => {
    const { body } = await server.get('List/paged/_history?_count=2');
    expect(body.link[0]).toEqual({ relation: 'self', url: `${server.base}/List/paged/_history?_count=2` });
  });

  it('answers only the number of versions where _count is 0', async () => {
    const { body } = await server.get('List/paged/_history?_count=0');
    expect([body.total, body.entry, body.link.length]).toEqual([8, undefined, 1]);
  });

  it('answers 404 for what never was', async () => {
    expect((await server.get('List/never/_history')).status).toBe(404);
  });

  it.each(['_since=2020', '_at=then', '_sort=_lastUpdated', '_count=x', '_count=-1', '_cursor=x', 'foo=1'])(
    'refuses ?%s, naming the parameter',
    async (query) => {
      const { status, body } = await server.get(`List/paged/_history?${query}`);
      expect([status, body.issue[0].expression]).toEqual([400, [`http.${query.split('=')[0]}`]]);
    },
  );
});
