import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { countMatches, type Entry, getEntry, patient, postEntry, putEntry, sendBundle } from './entries.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const transact = (...entries: readonly Entry[]) => sendBundle(server, 'transaction', entries);
const total = (search: string) => countMatches(server, search);

describe('a transaction that fails', () => {
  const failing: readonly (readonly [string, Entry, number])[] = [
    ['a resource that is invalid', postEntry({ resourceType: 'Patient', gender: '' } as never), 400],
    ['a type that is not served', postEntry({ resourceType: 'Medication' }), 404],
    [
      'a resource of another type than the url',
      { resource: patient('X'), request: { method: 'POST', url: 'Flag' } },
      400,
    ],
    ['an entry without a request', { resource: patient('X') }, 400],
    ['an entry without a resource', { request: { method: 'POST', url: 'Patient' } }, 400],
    ['an unknown method', { request: { method: 'BREW', url: 'Patient' } }, 405],
    ['a read of what is not there', getEntry('Patient/not-there'), 404],
    ['a version that is not there', getEntry('Patient/not-there/_history/1'), 404],
    ['a search that it does not understand', getEntry('Patient?shoesize=42'), 400],
    [
      'another Bundle',
      { resource: { resourceType: 'Bundle', type: 'batch' }, request: { method: 'POST', url: '/' } },
      400,
    ],
    ['an update of nothing in particular', { resource: patient('X'), request: { method: 'PUT', url: 'Patient' } }, 400],
    ['an id that does not match', putEntry({ ...patient('X'), id: 'a' }, { url: 'Patient/b' }), 400],
  ];

  it.each(failing)('does nothing at all because of %s, and answers one outcome', async (what, entry, expected) => {
    const family = `Fail${failing.findIndex(([name]) => name === what)}`;
    const response = await transact(postEntry(patient(family)), entry, putEntry({ ...patient(family), id: family }));
    expect([response.status, response.body.resourceType]).toEqual([expected, 'OperationOutcome']);
    expect(response.body.issue[0].expression[0]).toMatch(/^Bundle\.entry\[1\]/);
    expect(await total(`Patient?family=${family}`)).toBe(0);
  });

  it.each(['collection', 'searchset', 'history', 'x'])('refuses a Bundle of type %s', async (type) => {
    const { status, body } = await server.post('', { resourceType: 'Bundle', type });
    expect([status, body.issue[0].expression]).toEqual([400, ['Bundle.type']]);
  });

  it.each([
    ['{"resourceType":"Bundle"}', 'Bundle.type'],
    ['{"resourceType":"Patient","gender":"male"}', 'resourceType'],
    ['{"resourceType":"Bundle","type":"batch","entry":{}}', 'Bundle.entry'],
    ['{"resourceType":"Bundle","type":"transaction","entry":[1]}', 'Bundle.entry[0]'],
    ['{"resourceType":"Bundle","type":"transaction","entry":[{"request":1}]}', 'Bundle.entry[0].request'],
    [
      '{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":1,"url":"x"}}]}',
      'Bundle.entry[0].request.method',
    ],
    ['{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":1}]}', 'Bundle.entry[0].fullUrl'],
  ])('refuses %s, naming the element', async (text, expression) => {
    const { status, body } = await server.post('', text);
    expect([status, body.issue[0].expression]).toEqual([400, [expression]]);
  });

  it('refuses more entries than it takes with 413', async () => {
    const entry = Array.from({ length: 10_001 }, () => ({ request: { method: 'GET', url: 'Patient/1' } }));
    const response = await server.post('', { resourceType: 'Bundle', type: 'transaction', entry });
    expect([response.status, response.body.issue[0].code]).toEqual([413, 'too-long']);
  });
});
