import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const person = (id: string) => ({ resourceType: 'Patient', id, name: [{ family: id }] });

describe('delete', () => {
  it('answers 204 without a body and 410 to whoever reads afterwards', async () => {
    await server.put('Patient/a', person('a'));
    const deleted = await server.delete('Patient/a');
    expect([deleted.status, deleted.text, deleted.headers['etag']]).toEqual([204, '', 'W/"2"']);
    expect((await server.get('Patient/a')).status).toBe(410);
  });

  it('answers 204 again for what is deleted, and for what never was, and makes no version of it', async () => {
    await server.put('Patient/b', person('b'));
    await server.delete('Patient/b');
    expect((await server.delete('Patient/b')).status).toBe(204);
    expect((await server.delete('Patient/never')).status).toBe(204);
    expect((await server.get('Patient/b/_history')).body.total).toBe(2);
    expect((await server.get('Patient/never')).status).toBe(404);
  });

  it('takes the resource out of every search at once', async () => {
    await server.put('Patient/c', person('c'));
    expect((await server.get('Patient?family=c')).body.entry).toHaveLength(1);
    await server.delete('Patient/c');
    for (const search of [
      'family=c',
      '_id=c',
      '_id=c&family=c',
      'family:missing=true',
      '_lastUpdated=ge2000',
      'gender:not=male',
    ]) {
      expect((await server.get(`Patient?${search}`)).body.entry, search).toBeUndefined();
    }
  });

  it('is undone by an update, which counts the versions on and answers 201', async () => {
    await server.put('Patient/d', person('d'));
    await server.delete('Patient/d');
    const back = await server.put('Patient/d', person('d'));
    expect([back.status, back.headers['etag']]).toEqual([201, 'W/"3"']);
    expect((await server.get('Patient/d')).status).toBe(200);
    expect((await server.get('Patient?family=d')).body.entry).toHaveLength(1);
  });

  it('of an instance refuses a query, which it would pass over', async () => {
    expect((await server.delete('Patient/a?family=b')).status).toBe(400);
  });
});
