import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.put('Patient/p', { resourceType: 'Patient', id: 'p', gender: 'female' });
  await server.put('Patient/p', { resourceType: 'Patient', id: 'p', gender: 'male' });
  await server.put('Patient/gone', { resourceType: 'Patient', id: 'gone', gender: 'male' });
  await server.delete('Patient/gone');
});
afterAll(() => server.close());

const codeOf = (response: { readonly body: { readonly issue: readonly { readonly code: string }[] } }) =>
  response.body.issue[0]?.code;

describe('read', () => {
  it('answers the current version with its entity tag', async () => {
    const read = await server.get('Patient/p');
    expect(read.status).toBe(200);
    expect(read.body).toMatchObject({ id: 'p', gender: 'male', meta: { versionId: '2' } });
    expect(read.headers['etag']).toBe('W/"2"');
  });

  it('answers 404 for an id that never was, and 410 for a deleted one', async () => {
    const [unknown, deleted] = [await server.get('Patient/nobody'), await server.get('Patient/gone')];
    expect([unknown.status, codeOf(unknown)]).toEqual([404, 'not-found']);
    expect([deleted.status, codeOf(deleted)]).toEqual([410, 'deleted']);
  });

  it('tells ids apart by case', async () => {
    expect((await server.get('Patient/P')).status).toBe(404);
  });

  it('refuses what is no logical id', async () => {
    const responses = await Promise.all(
      ['a b', 'a_b', 'a%2Fb', 'x'.repeat(65)].map((id) => server.get(`Patient/${id}`)),
    );
    expect(responses.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    const [get, head] = [await server.get('Patient/p'), await server.fhir.head('/fhir/Patient/p')];
    expect(head.status).toBe(200);
    expect(head.text ?? '').toBe('');
    for (const name of ['etag', 'last-modified', 'content-type', 'content-length']) {
      expect(head.headers[name]).toBe(get.headers[name]);
    }
    expect((await server.fhir.head('/fhir/Patient/nobody')).status).toBe(404);
  });

  it('refuses a parameter that it would have to pass over, by name', async () => {
    const { status, body } = await server.get('Patient/p?_total=gender');
    expect([status, body.issue[0].expression]).toEqual([400, ['http._total']]);
  });
});

describe('vread', () => {
  it('answers a superseded version and the current one', async () => {
    const [first, second] = [await server.get('Patient/p/_history/1'), await server.get('Patient/p/_history/2')];
    expect([first.body.gender, first.headers['etag']]).toEqual(['female', 'W/"1"']);
    expect([second.body.gender, second.headers['etag']]).toEqual(['male', 'W/"2"']);
  });

  it('answers a version from before the deletion, and 410 for the deletion itself', async () => {
    expect((await server.get('Patient/gone/_history/1')).status).toBe(200);
    const deletion = await server.get('Patient/gone/_history/2');
    expect([deletion.status, codeOf(deletion)]).toEqual([410, 'deleted']);
  });

  it.each(['3', '0', '-1', '01', '1.0', 'x', '1e0'])(
    'answers 404 for version %s, which there is not',
    async (version) => {
      expect((await server.get(`Patient/p/_history/${version}`)).status).toBe(404);
    },
  );
});
