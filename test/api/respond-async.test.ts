/** Prefer: respond-async (FHIR R4, async.html; FHIR R5, async-bundle.html). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asyncResults } from '../../src/storage/async-results.ts';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { idsOf } from './search-results.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  for (const id of ['a', 'b']) await server.put(`Patient/${id}`, { resourceType: 'Patient', id, gender: 'male' });
});
afterAll(() => server.close());

const LATER = { Prefer: 'respond-async' };
async function begin(path: string): Promise<string> {
  const { status, headers, text } = await server.get(path).set(LATER);
  expect([status, text]).toEqual([202, '']);
  expect(headers['content-location']).toMatch(new RegExp(`^${server.base}/_async/[\\w-]+$`));
  return headers['content-location'] ?? '';
}

/** The answer, asked for until it is there. */
async function outcomeOf(place: string) {
  for (;;) {
    const answer = await server.get(place);
    if (answer.status !== 202) return answer;
    expect(answer.headers['x-progress']).toMatch(/working for \d+ s/);
  }
}

describe('a request that is to be answered later', () => {
  it.each([
    ['Patient?gender=male', ['a', 'b']],
    ['?_type=Patient&_id=b', ['b']],
    ['Patient/a/*', ['a']],
    ['Patient/a/$everything', ['a']],
  ])('%s has its answer as the one entry of a batch-response', async (path, ids) => {
    const { status, body, headers } = await outcomeOf(await begin(path));
    expect([status, body.resourceType, body.type, body.entry.length]).toEqual([200, 'Bundle', 'batch-response', 1]);
    const [{ response, resource }] = body.entry;
    expect([response.status, resource.type]).toEqual(['200 OK', 'searchset']);
    expect(idsOf(resource)).toEqual(ids);
    expect(new Date(headers['expires'] ?? '').getTime()).toBeGreaterThan(Date.now());
  });

  it('has its refusal there too', async () => {
    const { status, body } = await outcomeOf(await begin('Patient?shoesize=42'));
    expect([status, body.entry[0].response.status]).toEqual([200, '400 Bad Request']);
    expect(body.entry[0].response.outcome.issue[0].expression).toEqual(['http.shoesize']);
  });

  it('can be asked for as long as it is kept, in XML too', async () => {
    const place = await begin('Patient?_id=a');
    await outcomeOf(place);
    const { status, text } = await server.get(`${place}?_format=xml`).buffer();
    expect([status, text.includes('<Bundle xmlns="http://hl7.org/fhir">')]).toEqual([200, true]);
    expect((await server.fhir.head(new URL(place).pathname)).status).toBe(200);
  });

  it('is forgotten when it is deleted', async () => {
    const place = await begin('Patient');
    expect((await server.delete(place)).status).toBe(202);
    expect((await server.get(place)).status).toBe(404);
    expect((await server.delete(place)).status).toBe(404);
  });

  it('is nobody else’s', async () => {
    const results = asyncResults(server.jenner.database);
    const id = await results.begin('someone else');
    expect((await server.get(`_async/${id}`)).status).toBe(404);
    expect((await server.delete(`_async/${id}`)).status).toBe(404);
    expect(await results.find(id, 'someone else')).toMatchObject({ kind: 'running' });
  });

  it('is told to be lost where its server is', async () => {
    const results = asyncResults(server.jenner.database);
    const id = await results.begin('');
    const longAgo = { $set: { beat: new Date(Date.now() - 3_600_000) } };
    await server.jenner.database.db.collection<{ _id: string }>('jenner_async').updateOne({ _id: id }, longAgo);
    expect((await server.get(`_async/${id}`)).status).toBe(503);
  });

  it('comes back whole, however long it is', async () => {
    const results = asyncResults(server.jenner.database);
    const text = `"${'ü€𝄞'.repeat(3_000_000)}"`;
    const id = await results.begin('');
    await results.finish(id, text);
    const state = await results.find(id, '');
    expect(state?.kind === 'done' && state.text === text).toBe(true);
  });

  it('is answered at once where it takes no time: reads and writes', async () => {
    expect((await server.get('Patient/a').set(LATER)).status).toBe(200);
    expect((await server.post('Patient', { resourceType: 'Patient' }).set(LATER)).status).toBe(201);
    expect((await server.get('metadata').set(LATER)).status).toBe(200);
  });

  it.each([
    ['GET', '_async/nothing', 404],
    ['POST', '_async/nothing', 405],
    ['GET', '_async', 404],
    ['GET', '_async/a/b', 404],
  ] as const)('is not at %s %s', async (method, path, status) => {
    const call = method === 'GET' ? server.get(path) : server.post(path, {});
    const { status: found, body } = await call;
    expect([found, body.resourceType]).toEqual([status, 'OperationOutcome']);
  });
});
