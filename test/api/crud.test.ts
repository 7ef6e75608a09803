import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FHIR_JSON, startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const patient = { resourceType: 'Patient', name: [{ family: 'Synth', given: ['Ada'] }], birthDate: '2020-02-29' };
const post = (path: string, body: object | string) =>
  server.fhir
    .post(`/fhir/${path}`)
    .set('Content-Type', FHIR_JSON)
    .send(typeof body === 'string' ? body : JSON.stringify(body));
const put = (path: string, body: object | string) =>
  server.fhir
    .put(`/fhir/${path}`)
    .set('Content-Type', FHIR_JSON)
    .send(typeof body === 'string' ? body : JSON.stringify(body));

describe('create and read', () => {
  it('stores a resource under an id of the server and says where', async () => {
    const created = await post('Patient', { ...patient, id: 'mine', meta: { versionId: '9', tag: [{ code: 'x' }] } });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ ...patient, meta: { versionId: '1', tag: [{ code: 'x' }] } });
    expect(created.body.id).not.toBe('mine');
    expect(created.headers['etag']).toBe('W/"1"');
    expect(created.headers['location']).toMatch(new RegExp(`/fhir/Patient/${created.body.id}/_history/1$`));
    const read = await server.fhir.get(`/fhir/Patient/${created.body.id}`);
    expect(read.text).toBe(created.text);
    expect(new Date(read.headers['last-modified'] as string).getTime()).toBe(
      Math.floor(Date.parse(read.body.meta.lastUpdated) / 1000) * 1000,
    );
  });

  it('keeps the digits of a decimal and everything else as it was written', async () => {
    const created = await post(
      'Observation',
      '{ "resourceType":"Observation", "status":"final",\n "code":{"text":"Dose \\u00fc"}, "valueQuantity":{"value":1.00,"unit":"mL"} }',
    );
    expect(created.status).toBe(201);
    const read = await server.fhir.get(`/fhir/Observation/${created.body.id}`);
    expect(read.text).toContain(
      '"status":"final","code":{"text":"Dose \\u00fc"},"valueQuantity":{"value":1.00,"unit":"mL"}}',
    );
  });
});

describe('search', () => {
  it('finds by family', async () => {
    const r = await server.fhir.get('/fhir/Patient?family=syn');
    expect(r.status).toBe(200);
    expect(r.body.entry).toHaveLength(1);
    console.log(JSON.stringify(r.body).slice(0, 600));
  });
});
