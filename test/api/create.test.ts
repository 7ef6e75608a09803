import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const patient = { resourceType: 'Patient', name: [{ family: 'Synth', given: ['Ada'] }], birthDate: '2020-02-29' };

describe('create', () => {
  it('stores a resource under an id of the server and says where it is', async () => {
    const created = await server.post('Patient', { ...patient, id: 'mine' });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject(patient);
    expect(created.body.id).not.toBe('mine');
    expect(created.headers['etag']).toBe('W/"1"');
    expect(created.headers['location']).toBe(`${server.base}/Patient/${created.body.id}/_history/1`);
    expect(created.headers['content-type']).toBe('application/fhir+json; charset=utf-8');
    const read = await server.get(`Patient/${created.body.id}`);
    expect(read.text).toBe(created.text);
  });

  it('gives Last-Modified as the HTTP date of lastUpdated, which is now', async () => {
    const before = Date.now();
    const { body, headers } = await server.post('Patient', patient);
    const updated = Date.parse(body.meta.lastUpdated);
    expect(body.meta.lastUpdated).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(headers['last-modified']).toMatch(/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/);
    expect(Date.parse(headers['last-modified'] as string)).toBe(Math.floor(updated / 1000) * 1000);
    expect(updated).toBeGreaterThanOrEqual(before);
  });

  it('ignores the versionId and lastUpdated of the client and keeps the rest of meta', async () => {
    const meta = {
      profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient'],
      security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HTEST' }],
      tag: [{ code: 'x' }],
      source: 'urn:oid:1.2.3',
    };
    const sent = { ...meta, versionId: '9', lastUpdated: '1999-01-01T00:00:00Z' };
    const { body } = await server.post('Patient', { ...patient, meta: sent });
    expect(body.meta).toEqual({ ...meta, versionId: '1', lastUpdated: expect.stringMatching(/^20[2-9]\d-/) });
  });

  it('keeps the text of every element exactly as it was written', async () => {
    const elements =
      '"status":"final","code":{"text":"D\\u00f6se \\/ \\ud83d\\ude00 ü"},' +
      '"valueQuantity":{"value":1.00,"unit":"mL"},' +
      '"referenceRange":[{"low":{"value":0.10000000000000000000001},"high":{"value":12345678901234567890}},{"low":{"value":1E-7}}]';
    const created = await server.post('Observation', `{ "resourceType" : "Observation",\n\t${elements} }`);
    expect(created.status).toBe(201);
    const read = await server.get(`Observation/${created.body.id}`);
    expect(read.text.slice(read.text.indexOf('"status"'))).toBe(`${elements}}`);
    const found = await server.get(`Observation?_id=${created.body.id}`);
    expect(found.text).toContain(elements);
  });

  it('takes a resource of a megabyte', async () => {
    const text = 'x'.repeat(1_000_000);
    const created = await server.post('Basic', { resourceType: 'Basic', code: { text } });
    expect(created.status).toBe(201);
    expect((await server.get(`Basic/${created.body.id}`)).body.code.text).toBe(text);
  });

  it('refuses a resource of another type than the URL says', async () => {
    const { status, body } = await server.post('Immunization', patient);
    expect([status, body.issue[0].code, body.issue[0].expression]).toEqual([400, 'value', ['resourceType']]);
  });

  it.each([
    ['null', '{"resourceType":"Patient","gender":null}', 'Patient.gender'],
    ['an empty string', '{"resourceType":"Patient","gender":""}', 'Patient.gender'],
    ['an empty object', '{"resourceType":"Patient","maritalStatus":{}}', 'Patient.maritalStatus'],
    ['an empty array', '{"resourceType":"Patient","name":[]}', 'Patient.name'],
    ['an array in an array', '{"resourceType":"Patient","name":[[{"family":"A"}]]}', 'Patient.name[0]'],
    ['an id that is none', '{"resourceType":"Patient","id":"a b"}', 'Patient.id'],
    ['a meta that is no object', '{"resourceType":"Patient","meta":"x"}', 'Patient.meta'],
  ])('refuses %s, naming the element', async (_what, text, expression) => {
    const { status, body } = await server.post('Patient', text);
    expect(status).toBe(400);
    expect(body.issue[0].expression).toEqual([expression]);
  });

  it('keeps a null that holds the place of a primitive without a value', async () => {
    const given =
      '"given":["Ada",null],"_given":[null,{"extension":[{"url":"http://x.example/why","valueCode":"unknown"}]}]';
    const created = await server.post('Patient', `{"resourceType":"Patient","name":[{${given}}]}`);
    expect(created.status).toBe(201);
    expect(created.text).toContain(given);
  });

  it('gives each of 100 clients at once an id of its own', async () => {
    const created = await Promise.all(Array.from({ length: 100 }, () => server.post('Patient', patient)));
    expect(new Set(created.map(({ body }) => body.id)).size).toBe(100);
  });
});
