import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServers, type TestServer } from '../support/jenner.ts';

let servers: readonly TestServer[];
let server: TestServer;
beforeAll(async () => {
  servers = await startTestServers(3);
  [server] = servers as [TestServer];
});
afterAll(() => server.close());

/** The clients are spread over several servers of one database. */
const serverOf = (client: number): TestServer => servers[client % servers.length] ?? server;

const CLIENTS = 50;
const group = (id: string, name: string) => ({ resourceType: 'Group', id, type: 'person', actual: true, name });

interface Entry {
  readonly resource?: { readonly name: string; readonly meta: { readonly lastUpdated: string } };
  readonly request: { readonly method: string };
  readonly response: { readonly etag: string; readonly lastModified: string };
}
async function historyOf(id: string): Promise<Entry[]> {
  const { body } = await server.get(`Group/${id}/_history?_count=1000`);
  expect(body.entry).toHaveLength(body.total);
  return body.entry;
}
const isStrictlyIncreasing = (times: readonly string[]) =>
  times.every((time, index) => index === 0 || (times[index - 1] as string) < time);

describe('many clients at once', () => {
  it('who update one resource are each given a version, and none is lost', async () => {
    await server.put('Group/one', group('one', 'first'));
    const names = Array.from({ length: CLIENTS }, (_, index) => `client ${index}`);
    const answers = await Promise.all(
      names.map((name, client) => serverOf(client).put('Group/one', group('one', name))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ headers }) => headers['etag'])).size).toBe(CLIENTS);
    const history = (await historyOf('one')).reverse();
    expect(history.map(({ response }) => response.etag)).toEqual(
      Array.from({ length: CLIENTS + 1 }, (_, index) => `W/"${index + 1}"`),
    );
    expect(new Set(history.map(({ resource }) => resource?.name))).toEqual(new Set(['first', ...names]));
    expect(isStrictlyIncreasing(history.map(({ response }) => response.lastModified))).toBe(true);
    for (const { body, headers } of answers) expect(headers['etag']).toBe(`W/"${body.meta.versionId}"`);
  });

  it('who create one resource under their own id make it once, and the others new versions of it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => serverOf(index).put('Group/upsert', group('upsert', `client ${index}`))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 201]);
    expect(await historyOf('upsert')).toHaveLength(20);
  });

  it('who update, delete and bring back leave a history without gaps whose end is what is read', async () => {
    await server.put('Group/mix', group('mix', 'first'));
    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, (_, index) =>
        index % 4 === 0
          ? serverOf(index).delete('Group/mix')
          : serverOf(index).put('Group/mix', group('mix', `client ${index}`)),
      ),
    );
    expect(answers.filter(({ status }) => status >= 400).map(({ body }) => body)).toEqual([]);
    const history = await historyOf('mix');
    expect(history.map(({ response }) => response.etag)).toEqual(
      Array.from({ length: history.length }, (_, index) => `W/"${history.length - index}"`),
    );
    expect(isStrictlyIncreasing(history.map(({ response }) => response.lastModified).reverse())).toBe(true);
    const read = await server.get('Group/mix');
    expect(read.status).toBe(history[0]?.request.method === 'DELETE' ? 410 : 200);
    if (read.status === 200) expect(read.body).toEqual(history[0]?.resource);
    const versions = await Promise.all(
      history.map(({ response }) => server.get(`Group/mix/_history/${response.etag.slice(3, -1)}`)),
    );
    expect(versions.map(({ status }) => status)).toEqual(
      history.map(({ request }) => (request.method === 'DELETE' ? 410 : 200)),
    );
  });
});
