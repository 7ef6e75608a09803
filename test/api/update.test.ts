import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const person = (id: string, gender: string) => ({ resourceType: 'Patient', id, gender });

describe('update', () => {
  it('creates under the id of the client where there was nothing', async () => {
    const created = await server.put('Patient/new-1', person('new-1', 'male'));
    expect(created.status).toBe(201);
    expect(created.headers['etag']).toBe('W/"1"');
    expect(created.headers['location']).toBe(`${server.base}/Patient/new-1/_history/1`);
  });

  it('replaces the content and counts the version up', async () => {
    await server.put('Patient/up', { ...person('up', 'male'), birthDate: '2020-01-01' });
    const updated = await server.put('Patient/up', person('up', 'female'));
    expect(updated.status).toBe(200);
    expect(updated.headers['etag']).toBe('W/"2"');
    expect(updated.headers['location']).toBeUndefined();
    expect(updated.body).toMatchObject({ gender: 'female', meta: { versionId: '2' } });
    expect(updated.body.birthDate).toBeUndefined();
    expect((await server.get('Patient/up')).text).toBe(updated.text);
  });

  it('makes no version of content that is stored already, whatever its white space and version', async () => {
    const first = await server.put('Patient/same', person('same', 'male'));
    const again = await server.put('Patient/same', JSON.stringify(first.body, null, 2));
    expect([again.status, again.headers['etag'], again.text]).toEqual([200, 'W/"1"', first.text]);
    expect((await server.get('Patient/same/_history')).body.total).toBe(1);
  });

  it('makes a version where only the digits of a decimal differ', async () => {
    const dose = (value: string) =>
      `{"resourceType":"Observation","id":"dose","status":"final","code":{"text":"dose"},"valueQuantity":{"value":${value}}}`;
    await server.put('Observation/dose', dose('0.5'));
    expect((await server.put('Observation/dose', dose('0.50'))).headers['etag']).toBe('W/"2"');
  });

  it('refuses a body whose id is missing or another than that of the URL', async () => {
    const missing = await server.put('Patient/x', { resourceType: 'Patient', gender: 'male' });
    const other = await server.put('Patient/x', person('y', 'male'));
    for (const { status, body } of [missing, other]) {
      expect([status, body.issue[0].expression]).toEqual([400, ['Patient.id']]);
    }
    expect((await server.get('Patient/x')).status).toBe(404);
  });
});

describe('If-Match', () => {
  it('lets the write through that names the current version', async () => {
    await server.put('Patient/m', person('m', 'male'));
    const updated = await server.put('Patient/m', person('m', 'female')).set('If-Match', 'W/"1"');
    expect([updated.status, updated.headers['etag']]).toEqual([200, 'W/"2"']);
    expect((await server.put('Patient/m', person('m', 'other')).set('If-Match', '"2"')).status).toBe(200);
    expect((await server.put('Patient/m', person('m', 'male')).set('If-Match', '*')).status).toBe(200);
  });

  it('answers 412 for another version, for what is not there and for what was deleted, and writes nothing', async () => {
    await server.put('Patient/n', person('n', 'male'));
    await server.put('Patient/n-gone', person('n-gone', 'male'));
    await server.delete('Patient/n-gone');
    const refused = [
      await server.put('Patient/n', person('n', 'female')).set('If-Match', 'W/"2"'),
      await server.delete('Patient/n').set('If-Match', 'W/"7"'),
      await server.put('Patient/nothing', person('nothing', 'male')).set('If-Match', 'W/"1"'),
      await server.put('Patient/n-gone', person('n-gone', 'male')).set('If-Match', 'W/"2"'),
      await server.put('Patient/nothing', person('nothing', 'male')).set('If-Match', '*'),
    ];
    expect(refused.map(({ status }) => status)).toEqual([412, 412, 412, 412, 412]);
    expect(refused.map(({ body }) => body.issue[0].code)).toEqual(refused.map(() => 'conflict'));
    expect((await server.get('Patient/n')).body).toMatchObject({ gender: 'male', meta: { versionId: '1' } });
    expect((await server.get('Patient/nothing')).status).toBe(404);
  });

  it.each(['1', 'W/1', '"1', 'W/"1", W/"2"', ''])('answers 400 for If-Match: %s', async (header) => {
    await server.put('Patient/o', person('o', 'male'));
    const refused = await server.put('Patient/o', person('o', 'female')).set('If-Match', header);
    expect([refused.status, refused.body.issue[0].expression]).toEqual([400, ['http.If-Match']]);
  });

  it('refuses If-None-Match on a write, since passing over it could overwrite', async () => {
    await server.put('Patient/q', person('q', 'male'));
    const refused = await server.put('Patient/q', person('q', 'female')).set('If-None-Match', '*');
    expect([refused.status, refused.body.issue[0].code]).toEqual([400, 'not-supported']);
  });

  it('lets exactly one of many clients replace the version that all of them read', async () => {
    await server.put('Patient/race', person('race', 'male'));
    const writers = Array.from({ length: 20 }, (_, index) =>
      server
        .put('Patient/race', { ...person('race', 'female'), multipleBirthInteger: index + 1 })
        .set('If-Match', 'W/"1"'),
    );
    const statuses = (await Promise.all(writers)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array(19).fill(412)]);
  });
});
