import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServers, type TestServer } from '../support/jenner.ts';
import { countMatches, type Entry, getEntry, patient, postEntry, putEntry, sendBundle } from './entries.ts';

let servers: readonly TestServer[];
let server: TestServer;
beforeAll(async () => {
  servers = await startTestServers(3);
  [server] = servers as [TestServer];
});
afterAll(() => server.close());

/** The clients are spread over several servers of one database. */
const serverOf = (client: number): TestServer => servers[client % servers.length] ?? server;

const transact = (client: number, ...entries: readonly Entry[]) => sendBundle(serverOf(client), 'transaction', entries);
const total = (search: string) => countMatches(server, search);

describe('transactions at the same time', () => {
  it('are each done as a whole or not at all, on the same resources too', async () => {
    const ids = ['w-a', 'w-b', 'w-c'];
    const family = (index: number) => `Writer${index}`;
    const write = (index: number) => {
      const entries = ids.map((id) => putEntry({ ...patient(family(index)), id }));
      return transact(index, ...(index % 2 ? entries : entries.reverse()), postEntry(patient(`${family(index)}Own`)));
    };
    const responses = await Promise.all(Array.from({ length: 20 }, (_, index) => write(index)));
    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const histories = await Promise.all(
      ids.map(async (id) => (await server.get(`Patient/${id}/_history?_count=100`)).body),
    );
    const orders = histories.map(({ entry }) =>
      entry.map(({ resource }: { resource: { name: { family: string }[] } }) => resource.name[0]?.family),
    );
    expect(orders[0]).toHaveLength(20);
    expect(new Set(orders[0]).size).toBe(20);
    expect(orders[1]).toEqual(orders[0]);
    expect(orders[2]).toEqual(orders[0]);
    expect(await total('Patient?family=Writer')).toBe(23);
  });

  it('are undone as a whole by one bad entry, while others go through', async () => {
    const good = (index: number) =>
      transact(index, putEntry({ ...patient(`Good${index}`), id: 'g' }), postEntry(patient('GoodOwn')));
    const bad = (index: number) =>
      transact(
        index,
        putEntry({ ...patient(`Bad${index}`), id: 'g' }),
        postEntry(patient('BadOwn')),
        getEntry('Patient/not-there'),
      );
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? bad(index) : good(index))),
    );
    expect(responses.map(({ status }) => status)).toEqual(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? 404 : 200)),
    );
    expect(await total('Patient?family=BadOwn')).toBe(0);
    expect(await total('Patient?family=GoodOwn')).toBe(10);
    expect((await server.get('Patient/g/_history')).text).not.toContain('Bad');
  });
});
