/** Conditional update and delete by their tables (FHIR R4, http.html#cond-update, #3.1.0.7.1). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { answersOf, countMatches, patient, sendBundle, statuses } from './entries.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const identified = (value: string, more: object = {}) =>
  patient('Cond', { identifier: [{ system: 'urn:t', value }], ...more });
const by = (value: string) => `Patient?identifier=urn:t|${value}`;

describe('a conditional update', () => {
  it('without a match and without an id creates', async () => {
    const created = await server.put(by('a'), identified('a'));
    expect([created.status, created.headers['location']]).toEqual([
      201,
      `${server.base}/Patient/${created.body.id}/_history/1`,
    ]);
  });

  it('without a match and with an id is an update as create', async () => {
    const created = await server.put(by('b'), identified('b', { id: 'cond-b' }));
    expect([created.status, created.body.id]).toEqual([201, 'cond-b']);
  });

  it('without a match and with an id that is taken is refused with 409', async () => {
    await server.put('Patient/cond-c', identified('other', { id: 'cond-c' }));
    const refused = await server.put(by('c'), identified('c', { id: 'cond-c' }));
    expect([refused.status, refused.body.issue[0].code]).toEqual([409, 'duplicate']);
    expect((await server.get('Patient/cond-c')).headers['etag']).toBe('W/"1"');
  });

  it('with one match updates it, whether or not the resource has its id', async () => {
    await server.put('Patient/cond-d', identified('d', { id: 'cond-d' }));
    const updated = await server.put(by('d'), identified('d', { gender: 'male' }));
    expect([updated.status, updated.body.id, updated.headers['etag']]).toEqual([200, 'cond-d', 'W/"2"']);
    expect((await server.put(by('d'), identified('d', { id: 'cond-d', gender: 'male' }))).headers['etag']).toBe(
      'W/"2"',
    );
  });

  it('with one match of another id is refused with 400', async () => {
    await server.put('Patient/cond-e', identified('e', { id: 'cond-e' }));
    expect((await server.put(by('e'), identified('e', { id: 'cond-x' }))).status).toBe(400);
  });

  it('with several matches is refused with 412', async () => {
    for (const id of ['cond-f1', 'cond-f2']) await server.put(`Patient/${id}`, identified('f', { id }));
    const refused = await server.put(by('f'), identified('f'));
    expect([refused.status, refused.body.issue[0].code]).toEqual([412, 'multiple-matches']);
  });

  it('honours If-Match, also where nothing matches', async () => {
    await server.put('Patient/cond-g', identified('g', { id: 'cond-g' }));
    const changed = identified('g', { gender: 'female' });
    expect((await server.put(by('g'), changed).set('If-Match', 'W/"7"')).status).toBe(412);
    expect((await server.put(by('g'), changed).set('If-Match', 'W/"1"')).status).toBe(200);
    expect((await server.put(by('nobody'), identified('nobody')).set('If-Match', 'W/"1"')).status).toBe(412);
  });

  it('by twenty at once makes one resource', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        server.put(by('race'), identified('race', { birthDate: `19${index + 10}` })),
      ),
    );
    const answered = answers.map(({ status }) => status);
    expect(answered.filter((status) => status === 201)).toHaveLength(1);
    expect(answered.filter((status) => status === 200)).toHaveLength(19);
    expect(await countMatches(server, by('race'))).toBe(1);
  });

  it('without criteria, or with one that is not known, is refused with 400', async () => {
    expect((await server.put('Patient', identified('h'))).status).toBe(400);
    expect((await server.put('Patient?_count=1', identified('h'))).status).toBe(400);
    expect((await server.put('Patient?colour=red', identified('h'))).status).toBe(400);
  });
});

describe('a conditional delete', () => {
  it('deletes the one match, and has nothing to do where there is none', async () => {
    await server.put('Patient/del-a', identified('del-a', { id: 'del-a' }));
    expect((await server.delete(by('del-a'))).status).toBe(204);
    expect((await server.get('Patient/del-a')).status).toBe(410);
    expect((await server.delete(by('del-a'))).status).toBe(204);
  });

  it('is refused with 412 where several match, and deletes none', async () => {
    for (const id of ['del-b1', 'del-b2']) await server.put(`Patient/${id}`, identified('del-b', { id }));
    expect((await server.delete(by('del-b'))).status).toBe(412);
    expect(await countMatches(server, by('del-b'))).toBe(2);
  });

  it('deletes several where the operator allows that', async () => {
    const other = await startTestServer({ settings: { conditionalDelete: 'multiple' } });
    try {
      for (const id of ['a', 'b', 'c']) await other.put(`Patient/${id}`, identified('many', { id }));
      expect((await other.delete(by('many'))).status).toBe(204);
      expect(await countMatches(other, by('many'))).toBe(0);
      const { body } = await other.get('metadata');
      expect(body.rest[0].resource[0].conditionalDelete).toBe('multiple');
    } finally {
      await other.close();
    }
  });
});

describe('conditional writes in a Bundle', () => {
  it.each(['batch', 'transaction'] as const)('of type %s follow the same tables', async (type) => {
    for (const name of ['put', 'del'])
      await server.put(`Patient/${type}-${name}`, identified(`${type}-${name}`, { id: `${type}-${name}` }));
    const response = await sendBundle(server, type, [
      { resource: identified(`${type}-put`, { gender: 'male' }), request: { method: 'PUT', url: by(`${type}-put`) } },
      { resource: identified(`${type}-new`), request: { method: 'PUT', url: by(`${type}-new`) } },
      { request: { method: 'DELETE', url: by(`${type}-del`) } },
      { request: { method: 'DELETE', url: by(`${type}-none`) } },
    ]);
    expect(statuses(answersOf(response)).sort()).toEqual(['200', '201', '204', '204']);
    expect((await server.get(`Patient/${type}-put`)).body.gender).toBe('male');
    expect((await server.get(`Patient/${type}-del`)).status).toBe(410);
    expect(await countMatches(server, by(`${type}-new`))).toBe(1);
  });

  it.each([
    [
      'several match',
      { resource: identified('f'), request: { method: 'PUT', url: 'Patient?identifier=urn:t|f' } },
      412,
    ],
    [
      'the id is another',
      { resource: identified('e', { id: 'x' }), request: { method: 'PUT', url: 'Patient?identifier=urn:t|e' } },
      400,
    ],
    [
      'the id is taken',
      { resource: identified('z', { id: 'cond-c' }), request: { method: 'PUT', url: 'Patient?identifier=urn:t|z' } },
      409,
    ],
  ])('fail the transaction where %s', async (_why, entry, status) => {
    const response = await sendBundle(server, 'transaction', [entry]);
    expect([response.status, response.body.issue[0].expression?.[0]]).toEqual([
      status,
      expect.stringContaining('Bundle.entry[0]'),
    ]);
  });

  it('may not be about what another entry writes', async () => {
    await server.put('Patient/twice', identified('twice', { id: 'twice' }));
    const response = await sendBundle(server, 'transaction', [
      { resource: identified('twice', { gender: 'male' }), request: { method: 'PUT', url: by('twice') } },
      { request: { method: 'DELETE', url: 'Patient/twice' } },
    ]);
    expect(response.status).toBe(400);
  });
});
