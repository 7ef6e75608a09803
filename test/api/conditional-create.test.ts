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

const SYSTEM = 'urn:oid:1.2.3.4';
const person = (value: string, family = 'Synth') => ({
  resourceType: 'Patient',
  identifier: [{ system: SYSTEM, value }],
  name: [{ family }],
});
const createUnless = (value: string, condition = `identifier=${SYSTEM}|${value}`, client = 0) =>
  serverOf(client).post('Patient', person(value)).set('If-None-Exist', condition);
const howMany = async (value: string): Promise<number> =>
  (await server.get(`Patient?identifier=${SYSTEM}|${value}&_count=0`)).body.total;

describe('create with If-None-Exist', () => {
  it('creates where nothing matches, and answers what is there where one does', async () => {
    const created = await createUnless('a');
    expect(created.status).toBe(201);
    const found = await createUnless('a');
    expect([found.status, found.headers['etag'], found.text]).toEqual([200, 'W/"1"', created.text]);
    expect(await howMany('a')).toBe(1);
  });

  it('answers 412 where several match, and creates nothing', async () => {
    await server.post('Patient', person('b'));
    await server.post('Patient', person('b'));
    const refused = await createUnless('b');
    expect([refused.status, refused.body.issue[0].code]).toEqual([412, 'multiple-matches']);
    expect(await howMany('b')).toBe(2);
  });

  it('creates anew where what matched was deleted', async () => {
    const { body } = await createUnless('c');
    await server.delete(`Patient/${body.id}`);
    const again = await createUnless('c');
    expect(again.status).toBe(201);
    expect(again.body.id).not.toBe(body.id);
  });

  it.each(['', '?', '_count=5', '&'])('refuses the condition "%s", which everything would match', async (condition) => {
    const refused = await createUnless('d', condition);
    expect(refused.status).toBe(400);
    expect(await howMany('d')).toBe(0);
  });

  it('refuses a condition that it does not understand, by name', async () => {
    const refused = await createUnless('e', 'shoesize=42');
    expect([refused.status, refused.body.issue[0].expression]).toEqual([400, ['http.shoesize']]);
  });

  it('makes exactly one of what 50 clients create at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, client) => createUnless('race', undefined, client)),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(49).fill(200), 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await howMany('race')).toBe(1);
  });

  it('makes exactly one also where the clients ask in different words', async () => {
    const conditions = [`identifier=${SYSTEM}|words`, 'identifier=words', `identifier=${SYSTEM}|words&family=Synth`];
    const answers = await Promise.all(
      Array.from({ length: 18 }, (_, index) =>
        createUnless('words', conditions[index % conditions.length], Math.floor(index / 3)),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await howMany('words')).toBe(1);
  });

  it('makes exactly one also where transactions and single creates compete', async () => {
    const entry = {
      fullUrl: 'urn:uuid:6c1f1a2e-1111-4111-8111-111111111111',
      resource: person('mixed'),
      request: { method: 'POST', url: 'Patient', ifNoneExist: `identifier=${SYSTEM}|mixed` },
    };
    const flag = {
      resource: {
        resourceType: 'Flag',
        status: 'active',
        code: { text: 'x' },
        subject: { reference: entry.fullUrl },
      },
      request: { method: 'POST', url: 'Flag' },
    };
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry: [entry, flag] };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 2 ? createUnless('mixed', undefined, index) : serverOf(index).post('', bundle),
      ),
    );
    expect(answers.filter(({ status }) => status >= 300)).toEqual([]);
    expect(await howMany('mixed')).toBe(1);
    const { body } = await server.get(`Patient?identifier=${SYSTEM}|mixed`);
    const flags = await server.get(`Flag?patient=${body.entry[0].resource.id}&_count=0`);
    expect(flags.body.total).toBe(10);
  });
});
