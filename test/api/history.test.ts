/** History of a type and of everything (FHIR R4, http.html#history). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { postEntry, sendBundle } from './entries.ts';

let server: TestServer;
const instants: string[] = [];
beforeAll(async () => {
  server = await startTestServer();
  const note = async (answer: PromiseLike<{ readonly body: { meta: { lastUpdated: string } } }>) => {
    instants.push((await answer).body.meta.lastUpdated);
  };
  await note(server.put('Basic/a', basic('a', '1')));
  await note(server.put('Basic/b', basic('b', '1')));
  await note(server.put('Basic/a', basic('a', '2')));
  await server.delete('Basic/b');
  await note(server.put('Basic/a', basic('a', '3')));
  await note(
    server.put('Flag/f', {
      resourceType: 'Flag',
      id: 'f',
      status: 'active',
      code: { text: 'x' },
      subject: { reference: 'Patient/p' },
    }),
  );
});
afterAll(() => server.close());

const basic = (id: string, text: string) => ({ resourceType: 'Basic', id, code: { text } });

interface Entry {
  readonly fullUrl: string;
  readonly resource?: object;
  readonly request: { readonly method: string; readonly url: string };
  readonly response: { readonly status: string; readonly etag: string };
}

async function versions(path: string): Promise<string[]> {
  const found: Entry[] = [];
  for (let next: string | undefined = path; next; ) {
    const { status, body } = await server.get(next);
    expect([status, body.type]).toEqual([200, 'history']);
    found.push(...(body.entry ?? []));
    next = body.link.find(({ relation }: { readonly relation: string }) => relation === 'next')?.url;
  }
  return found.map(
    ({ fullUrl, request, response }) => `${request.method} ${fullUrl.split('/').slice(-2).join('/')} ${response.etag}`,
  );
}

const OF_BASIC = [
  'PUT Basic/a W/"3"',
  'DELETE Basic/b W/"2"',
  'PUT Basic/a W/"2"',
  'PUT Basic/b W/"1"',
  'PUT Basic/a W/"1"',
];

const endpoint = (name: string) => ({
  resourceType: 'Endpoint',
  status: 'active',
  name,
  connectionType: { code: 'hl7-fhir-rest' },
  payloadType: [{ text: 'any' }],
  address: 'http://example.org/fhir',
});

describe('the history of a type', () => {
  it('has every version of every resource, newest first, deletions without a resource', async () => {
    expect(await versions('Basic/_history')).toEqual(OF_BASIC);
    const { body } = await server.get('Basic/_history');
    const entries: Entry[] = body.entry;
    expect(entries.map(({ resource }) => resource !== undefined)).toEqual([true, false, true, true, true]);
    expect(entries.map(({ response }) => response.status.slice(0, 3))).toEqual(['200', '204', '200', '201', '201']);
    expect(body.link[0]).toEqual({ relation: 'self', url: `${server.base}/Basic/_history` });
  });

  it.each([1, 2, 3, 4, 5])('comes in pages of %i without repeats or gaps', async (count) => {
    expect(await versions(`Basic/_history?_count=${count}`)).toEqual(OF_BASIC);
  });

  it('tells apart versions of one instant', async () => {
    await sendBundle(
      server,
      'transaction',
      ['a-b', 'a', 'a.c'].map((name) => postEntry(endpoint(name))),
    );
    const found = await versions('Endpoint/_history?_count=1');
    expect([found.length, new Set(found).size]).toEqual([3, 3]);
  });

  it('keeps to its pages while others write', async () => {
    for (const id of ['x', 'y', 'z'])
      await server.put(`List/${id}`, { resourceType: 'List', id, status: 'current', mode: 'working' });
    const first = (await server.get('List/_history?_count=1')).body;
    expect(first.entry[0].fullUrl).toContain('List/z');
    await server.put('List/y', { resourceType: 'List', id: 'y', status: 'retired', mode: 'working' });
    const next = first.link.find(({ relation }: { readonly relation: string }) => relation === 'next').url;
    expect(await versions(next)).toEqual(['PUT List/y W/"1"', 'PUT List/x W/"1"']);
  });

  it('begins at _since', async () => {
    expect(await versions(`Basic/_history?_since=${instants[2]}`)).toEqual(OF_BASIC.slice(0, 3));
    expect(await versions(`Basic/a/_history?_since=${instants[2]}`)).toEqual([
      'PUT Basic/a W/"3"',
      'PUT Basic/a W/"2"',
    ]);
  });

  it('has for _at what was current then', async () => {
    expect(await versions(`Basic/_history?_at=${instants[1]}`)).toEqual(['PUT Basic/b W/"1"', 'PUT Basic/a W/"1"']);
    expect(await versions(`Basic/a/_history?_at=${instants[2]}`)).toEqual(['PUT Basic/a W/"2"']);
    expect(await versions(`Basic/_history?_at=${new Date().getFullYear()}`)).toEqual(OF_BASIC);
    expect(await versions('Basic/_history?_at=1999')).toEqual([]);
  });

  it('says how many versions there are for _count=0', async () => {
    const { body } = await server.get('Basic/_history?_count=0');
    expect([body.total, body.entry]).toEqual([5, undefined]);
  });

  it.each(['_since=2020', '_at=x', '_list=1', '_count=x', '_cursor=x', 'foo=1', '_sort=_lastUpdated'])(
    'refuses ?%s, naming the parameter',
    async (query) => {
      for (const path of ['Basic/_history', '_history', 'Basic/a/_history']) {
        const { status, body } = await server.get(`${path}?${query}`);
        expect([status, body.issue[0].expression]).toEqual([400, [`http.${query.split('=')[0]}`]]);
      }
    },
  );
});

describe('the history of everything', () => {
  it('has the versions of all types in one order', async () => {
    const found = await versions(`_history?_count=2`);
    expect(found.filter((version) => /Basic|Flag/.test(version))).toEqual(['PUT Flag/f W/"1"', ...OF_BASIC]);
    expect(new Set(found).size).toBe(found.length);
  });

  it('is answered within a batch', async () => {
    const { body } = await sendBundle(server, 'batch', [{ request: { method: 'GET', url: '_history?_count=1' } }]);
    expect(body.entry[0].resource.type).toBe('history');
  });
});
