/** patch and conditional patch (FHIR R4, http.html#patch, fhirpatch.html). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { answersOf, patient, sendBundle, statuses, uuid } from './entries.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const observation = (id: string) =>
  `{"resourceType":"Observation","id":"${id}","status":"preliminary","code":{"text":"x"},"valueQuantity":{"value":1.00}}`;
const finalize = [{ op: 'replace', path: '/status', value: 'final' }];
const fhirPath = (type: string, path: string, ...more: readonly object[]) => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'operation', part: [{ name: 'type', valueCode: type }, { name: 'path', valueString: path }, ...more] },
  ],
});

describe('a patch', () => {
  it('makes a new version, and leaves the digits of decimals as they were', async () => {
    await server.put('Observation/json', observation('json'));
    const patched = await server.patch('Observation/json', finalize);
    expect([patched.status, patched.headers['etag']]).toEqual([200, 'W/"2"']);
    expect(patched.headers['content-location']).toBe(`${server.base}/Observation/json/_history/2`);
    expect(patched.text).toContain('"status":"final"');
    expect(patched.text).toContain('"value":1.00');
    expect((await server.get('Observation/json')).text).toBe(patched.text);
    expect((await server.get('Observation?_id=json&status=final')).body.entry).toHaveLength(1);
  });

  it('in FHIRPath does the same', async () => {
    await server.put('Observation/path', observation('path'));
    const replace = fhirPath('replace', 'Observation.status', { name: 'value', valueCode: 'final' });
    const patched = await server.patch('Observation/path', replace);
    expect([patched.status, patched.body.status, patched.body.meta.versionId]).toEqual([200, 'final', '2']);
    expect(patched.text).toContain('"value":1.00');
  });

  it('that changes nothing makes no version', async () => {
    await server.put('Observation/same', observation('same'));
    const { status, headers } = await server.patch('Observation/same', [
      { op: 'test', path: '/status', value: 'preliminary' },
      { op: 'replace', path: '/status', value: 'preliminary' },
    ]);
    expect([status, headers['etag']]).toEqual([200, 'W/"1"']);
  });

  it('honours If-Match', async () => {
    await server.put('Observation/match', observation('match'));
    expect((await server.patch('Observation/match', finalize).set('If-Match', 'W/"9"')).status).toBe(412);
    expect((await server.patch('Observation/match', finalize).set('If-Match', 'W/"1"')).status).toBe(200);
  });

  it('of what is not there is answered 404, of what was deleted 410', async () => {
    expect((await server.patch('Observation/none', finalize)).status).toBe(404);
    await server.put('Observation/gone', observation('gone'));
    await server.delete('Observation/gone');
    expect((await server.patch('Observation/gone', finalize)).status).toBe(410);
  });

  it.each([
    ['its test fails', [{ op: 'test', path: '/status', value: 'x' }], 422],
    ['it changes the id', [{ op: 'replace', path: '/id', value: 'other' }], 422],
    ['it changes the type', [{ op: 'replace', path: '/resourceType', value: 'Patient' }], 422],
    ['what is left is no resource', [{ op: 'replace', path: '', value: 1 }], 422],
    ['it leaves an empty list', [{ op: 'add', path: '/category', value: [] }], 422],
    ['it is no patch', [{ op: 'merge', path: '/status' }], 400],
  ])('is refused where %s, and nothing is changed', async (_why, operations, status) => {
    await server.put('Observation/kept', observation('kept'));
    expect((await server.patch('Observation/kept', operations)).status).toBe(status);
    expect((await server.get('Observation/kept')).headers['etag']).toBe('W/"1"');
  });

  it('in another format is refused with 415', async () => {
    const sent = await server.fhir.patch('/fhir/Observation/kept').set('Content-Type', 'text/plain').send('x');
    expect(sent.status).toBe(415);
  });

  it('by many at once loses none of them', async () => {
    await server.put('Patient/many', { ...patient('M'), id: 'many', identifier: [{ value: '0' }] });
    const values = Array.from({ length: 12 }, (_, index) => String(index + 1));
    const answers = await Promise.all(
      values.map((value) => server.patch('Patient/many', [{ op: 'add', path: '/identifier/-', value: { value } }])),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { body } = await server.get('Patient/many');
    expect(body.identifier).toHaveLength(13);
  });
});

describe('a conditional patch', () => {
  it('changes the one match, and is refused with 404 for none and 412 for several', async () => {
    for (const family of ['One', 'Two', 'Two']) await server.post('Patient', patient(family));
    const add = [{ op: 'add', path: '/gender', value: 'other' }];
    const patched = await server.patch('Patient?family:exact=One', add);
    expect([patched.status, patched.body.gender]).toEqual([200, 'other']);
    expect((await server.patch('Patient?family:exact=Nobody', add)).status).toBe(404);
    const several = await server.patch('Patient?family:exact=Two', add);
    expect([several.status, several.body.issue[0].code]).toEqual([412, 'multiple-matches']);
    expect((await server.patch('Patient', add)).status).toBe(400);
  });
});

describe('a patch in a Bundle', () => {
  const binary = (operations: object) => ({
    resourceType: 'Binary',
    contentType: 'application/json-patch+json',
    data: Buffer.from(JSON.stringify(operations)).toString('base64'),
  });

  it.each(['batch', 'transaction'] as const)('of type %s is a Binary or Parameters', async (type) => {
    await server.put(`Observation/${type}-1`, observation(`${type}-1`));
    await server.put(`Observation/${type}-2`, observation(`${type}-2`));
    const response = await sendBundle(server, type, [
      { resource: binary(finalize), request: { method: 'PATCH', url: `Observation/${type}-1` } },
      {
        resource: fhirPath('replace', 'Observation.status', { name: 'value', valueCode: 'final' }),
        request: { method: 'PATCH', url: `Observation?_id=${type}-2`, ifMatch: 'W/"1"' },
      },
    ]);
    expect(statuses(answersOf(response))).toEqual(['200', '200']);
    for (const id of [1, 2]) expect((await server.get(`Observation/${type}-${id}`)).body.status).toBe('final');
  });

  it('may refer to what the transaction creates', async () => {
    await server.put('Patient/linked', { ...patient('L'), id: 'linked' });
    const add = fhirPath(
      'add',
      'Patient',
      { name: 'name', valueString: 'managingOrganization' },
      { name: 'value', valueReference: { reference: uuid(1) } },
    );
    const response = await sendBundle(server, 'transaction', [
      {
        fullUrl: uuid(1),
        resource: { resourceType: 'Organization', name: 'O' },
        request: { method: 'POST', url: 'Organization' },
      },
      { resource: add, request: { method: 'PATCH', url: 'Patient/linked' } },
    ]);
    expect(statuses(answersOf(response))).toEqual(['201', '200']);
    const { body } = await server.get('Patient/linked');
    expect(body.managingOrganization.reference).toMatch(/^Organization\/[\w-]+$/);
  });

  it('that fails undoes the transaction and says which entry it was', async () => {
    await server.put('Observation/undo', observation('undo'));
    const response = await sendBundle(server, 'transaction', [
      { resource: patient('Undone'), request: { method: 'POST', url: 'Patient' } },
      {
        resource: binary([{ op: 'test', path: '/status', value: 'x' }]),
        request: { method: 'PATCH', url: 'Observation/undo' },
      },
    ]);
    expect([response.status, response.body.issue[0].expression]).toEqual([422, ['Bundle.entry[1]']]);
    expect((await server.get('Patient?family=Undone&_count=0')).body.total).toBe(0);
  });
});
