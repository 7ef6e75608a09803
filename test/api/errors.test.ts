import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FHIR_JSON, startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
const LIMIT = 2_000_000;
beforeAll(async () => {
  server = await startTestServer({ maxBody: LIMIT });
  await server.put('Patient/p', { resourceType: 'Patient', id: 'p', gender: 'male' });
});
afterAll(() => server.close());

/** Every refusal says what is wrong: severity, code and words, in FHIR JSON. */
function expectRefusal({ status, body, headers }: Response, expected: number, code?: string): void {
  expect([status, body.resourceType], JSON.stringify(body)).toEqual([expected, 'OperationOutcome']);
  expect(headers['content-type']).toBe('application/fhir+json; charset=utf-8');
  expect(body.issue.some(({ severity }: { severity: string }) => severity === 'error' || severity === 'fatal')).toBe(
    true,
  );
  for (const issue of body.issue) {
    // A refusal for its faults tells the warnings about the rest too.
    expect(['fatal', 'error', 'warning', 'information']).toContain(issue.severity);
    expect(issue.code).toMatch(/^[a-z-]+$/);
    expect(issue.diagnostics).toMatch(/\S+ \S+/);
  }
  if (code) expect(body.issue[0].code).toBe(code);
}
const valid = '{"resourceType":"Patient","gender":"male"}';
const sendBytes = (bytes: Buffer, headers: Readonly<Record<string, string>> = {}) =>
  server.fhir
    .post('/fhir/Patient')
    .set('Content-Type', FHIR_JSON)
    .set(headers)
    .serialize((body) => body)
    .send(bytes);

describe('a body', () => {
  it('that is not JSON is refused with the position of the fault, and nothing of it is repeated', async () => {
    const refused = await server.post('Patient', '{"resourceType":"Patient","secret-name":Smith}');
    expectRefusal(refused, 400, 'structure');
    expect(refused.body.issue[0].diagnostics).toContain('character 40');
    expect(refused.text).not.toMatch(/secret|Smith/);
  });

  it.each([
    '',
    '   ',
    'null',
    '42',
    '"text"',
    '[]',
    '{}',
    'undefined',
    '{"resourceType":1}',
    '{"resourceType":"Patient"',
    "{'resourceType':'Patient'}",
  ])('of %j is refused', async (text) => {
    expectRefusal(await server.post('Patient', text), 400);
  });

  it('without any content is refused', async () => {
    expectRefusal(await server.fhir.post('/fhir/Patient'), 400);
    expectRefusal(await server.fhir.put('/fhir/Patient/p'), 400);
    expectRefusal(await server.fhir.post('/fhir'), 400);
  });

  it.each([
    '{"resourceType":"Patient","gender":"male","gender":"female"}',
    '{"resourceType":"Patient","name":[{"family":"A","family":"B"}]}',
    '{"resourceType":"Patient","name":[{"family":"A","f\\u0061mily":"B"}]}',
    '{"resourceType":"Patient","meta":{"source":"a","source":"b"}}',
    '{"resourceType":"Patient","resourceType":"Patient"}',
  ])('that has a property twice is refused, since readers would disagree: %s', async (text) => {
    expectRefusal(await server.post('Patient', text), 400, 'structure');
  });

  it('that is nested without end is refused, in a resource and in a Bundle', async () => {
    const nested = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000);
    expectRefusal(await server.post('Patient', nested('{"a":', '}').replace('}', '1}')), 400);
    expectRefusal(await server.post('Patient', `{"resourceType":"Patient","name":${nested('[', ']')}}`), 400);
    const deep = `${'{"extension":[{"url":"x","valueString":"y"},'.repeat(240)}{"url":"z"}${']}'.repeat(240)}`;
    expectRefusal(await server.post('Patient', `{"resourceType":"Patient",${deep.slice(1)}`), 400);
    const bundle = `{"resourceType":"Bundle","type":"transaction","entry":${nested('[', ']')}}`;
    expectRefusal(await server.post('', bundle), 400);
  });

  it('with keys that mean something to JavaScript is refused as one with unknown elements, and changes nothing', async () => {
    const text = '"__proto__":{"gender":"male"},"constructor":{"prototype":{"polluted":true}},"gender":"female"';
    const created = await server.post('Patient', `{"resourceType":"Patient",${text}}`);
    expectRefusal(created, 422, 'structure');
    const errors = created.body.issue.filter(({ severity }: { severity: string }) => severity === 'error');
    expect(errors).toHaveLength(2);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('may come compressed', async () => {
    const encodings = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };
    for (const [encoding, compress] of Object.entries(encodings)) {
      const created = await sendBytes(compress(valid), { 'Content-Encoding': encoding });
      expect([encoding, created.status]).toEqual([encoding, 201]);
    }
  });

  it('that is compressed otherwise, or not as it says, is refused', async () => {
    expectRefusal(await sendBytes(Buffer.from(valid), { 'Content-Encoding': 'zstd-ish' }), 415);
    expectRefusal(await sendBytes(Buffer.from(valid), { 'Content-Encoding': 'gzip' }), 400);
    expectRefusal(await sendBytes(gzipSync(valid).subarray(0, 30), { 'Content-Encoding': 'gzip' }), 400);
  });

  it('that is not UTF-8 is refused; a byte order mark is taken', async () => {
    const latin1 = Buffer.from('{"resourceType":"Patient","name":[{"family":"M\xfcller"}]}', 'latin1');
    expectRefusal(await sendBytes(latin1), 400);
    expect((await sendBytes(Buffer.from(`\ufeff${valid}`))).status).toBe(201);
  });

  it('over the limit is refused with 413, compressed or not', async () => {
    const large = `{"resourceType":"Basic","code":{"text":"${'x'.repeat(LIMIT)}"}}`;
    expectRefusal(await sendBytes(Buffer.from(large)), 413, 'too-long');
    expectRefusal(await sendBytes(gzipSync(large), { 'Content-Encoding': 'gzip' }), 413, 'too-long');
    expect((await server.get('Patient/p')).status).toBe(200);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/fhir+json; charset=latin1',
    'application/fhir+json; fhirVersion=5.0',
    'nonsense',
  ])('of type %s is refused with 415', async (type) => {
    expectRefusal(await sendBytes(Buffer.from(valid), { 'Content-Type': type }), 415);
  });

  it.each([
    'application/json',
    'application/fhir+json; charset=UTF-8',
    'APPLICATION/FHIR+JSON; fhirVersion=4.0',
    'text/json',
  ])('of type %s is taken', async (type) => {
    expect((await sendBytes(Buffer.from(valid), { 'Content-Type': type })).status).toBe(201);
  });
});

describe('a path', () => {
  it.each([
    ['Medication', 404],
    ['patient', 404],
    ['Medication/1', 404],
    ['foo', 404],
    ['Patient/$match', 404],
    ['$export', 404],
    ['Patient/$everything', 404],
    ['Immunization/i/$everything', 404],
    ['$validate', 404],
    ['Group/p/Immunization', 404],
    ['Patient/p/_history/1/x', 404],
    ['metadata/x', 404],
    ['/Patient', 404],
    ['Patient//p', 404],
    ['constructor', 404],
    ['__proto__', 404],
  ])('%s answers %i', async (path, status) => {
    expectRefusal(await server.get(path), status);
  });

  it('outside of the base answers 404', async () => {
    expectRefusal(await server.fhir.get('/'), 404);
    expectRefusal(await server.fhir.get('/fhirx/Patient'), 404);
  });

  it('and query that are not properly percent-encoded are refused', async () => {
    for (const path of ['Patient/%', 'Patient/%ff', 'Patient?family=%zz', 'Patient?%ff=1']) {
      expectRefusal(await server.get(path), 400);
    }
  });

  it.each([
    ['delete', '', 'GET, HEAD, POST'],
    ['get', '_search', 'POST'],
    ['options', 'Patient', 'GET, HEAD, POST, PUT, PATCH, DELETE'],
    ['post', 'Patient/p', 'GET, HEAD, PUT, PATCH, DELETE'],
    ['options', 'Patient/p', 'GET, HEAD, PUT, PATCH, DELETE'],
    ['post', 'Patient/_history', 'GET, HEAD'],
    ['delete', '_history', 'GET, HEAD'],
    ['get', 'Patient/p/$meta-add', 'POST'],
    ['post', 'Patient/p/_history', 'GET, HEAD'],
    ['delete', 'Patient/p/_history/1', 'GET, HEAD'],
    ['post', 'metadata', 'GET, HEAD'],
    ['get', 'Patient/_search', 'POST'],
  ] as const)('answers 405 to %s %s and names the methods it has', async (method, path, allow) => {
    const refused = await server.fhir[method](`/fhir/${path}`);
    expectRefusal(refused, 405, 'not-supported');
    expect(refused.headers['allow']).toBe(allow);
  });
});

describe('what the client accepts', () => {
  const accepting = (accept: string) => server.get('Patient/p').set('Accept', accept);

  it.each([
    'text/html',
    'image/png',
    'application/fhir+json;q=0',
    'application/fhir+json; fhirVersion=3.0',
    'nonsense',
  ])('%s is answered 406', async (accept) => {
    expectRefusal(await accepting(accept), 406);
  });

  it.each([
    '*/*',
    'application/*',
    'application/json',
    'application/fhir+json; fhirVersion=4.0',
    'text/html, */*;q=0.1',
    '',
  ])('%s is answered in FHIR JSON', async (accept) => {
    const { status, headers } = await accepting(accept);
    expect([status, headers['content-type']]).toEqual([200, 'application/fhir+json; charset=utf-8']);
  });

  it('is told by _format before Accept', async () => {
    for (const format of ['json', 'application/fhir%2Bjson', 'application/fhir+json', 'application/json']) {
      expect((await accepting('text/html').query(`_format=${format}`)).status).toBe(200);
    }
    expectRefusal(await server.get('Patient/p?_format=html'), 406);
    expectRefusal(await server.get('Patient?_format=ttl'), 406);
  });
});
