/** Conditional reads, parts of resources, formats, preferences and CORS (FHIR R4, http.html). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { answersOf, patient, sendBundle, statuses } from './entries.ts';

let server: TestServer;
const ORIGIN = 'https://app.example.org';
const text =
  '{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00},"note":[{"text":"n"}]}';
beforeAll(async () => {
  server = await startTestServer({ corsOrigins: [ORIGIN] });
  await server.put('Observation/o', text);
});
afterAll(() => server.close());

describe('a conditional read', () => {
  it('answers 304 without a body where the client has the version', async () => {
    const { headers } = await server.get('Observation/o');
    for (const path of ['Observation/o', 'Observation/o/_history/1']) {
      const known = await server.get(path).set('If-None-Match', 'W/"1"');
      expect([known.status, known.text, known.headers['etag']]).toEqual([304, '', 'W/"1"']);
      expect((await server.get(path).set('If-Modified-Since', headers['last-modified'] ?? '')).status).toBe(304);
    }
    expect((await server.get('Observation/o').set('If-None-Match', 'W/"7", W/"1"')).status).toBe(304);
  });

  it('answers 200 where the client has another, and goes by the version before the date', async () => {
    expect((await server.get('Observation/o').set('If-None-Match', 'W/"2"')).status).toBe(200);
    const since = (date: string) => server.get('Observation/o').set('If-Modified-Since', date);
    expect((await since('Mon, 01 Jan 1990 00:00:00 GMT')).status).toBe(200);
    expect((await since('not a date')).status).toBe(200);
    const both = since('Fri, 01 Jan 2100 00:00:00 GMT').set('If-None-Match', 'W/"2"');
    expect((await both).status).toBe(200);
    expect((await server.get('Observation/o').set('If-None-Match', 'x')).status).toBe(400);
  });

  it.each(['batch', 'transaction'] as const)('is an entry of a %s too', async (type) => {
    const request = { method: 'GET', url: 'Observation/o' };
    const [known, other] = answersOf(
      await sendBundle(server, type, [
        { request: { ...request, ifNoneMatch: 'W/"1"' } },
        { request: { ...request, ifModifiedSince: '1990-01-01T00:00:00Z' } },
      ]),
    );
    expect([known?.response.status, known?.resource]).toEqual(['304 Not Modified', undefined]);
    expect([other?.response.status, other?.resource?.['id']]).toEqual(['200 OK', 'o']);
  });
});

describe('a part of a resource', () => {
  it('is read by _elements and _summary, marked, its decimals as they are', async () => {
    const { body, text: sent } = await server.get('Observation/o?_elements=value');
    expect(Object.keys(body).sort()).toEqual(['code', 'id', 'meta', 'resourceType', 'status', 'valueQuantity']);
    expect(sent).toContain('"value":1.00');
    expect(body.meta.tag[0].code).toBe('SUBSETTED');
    expect((await server.get('Observation/o?_summary=true')).body.note).toBeUndefined();
    expect((await server.get('Observation/o/_history/1?_summary=text')).body.valueQuantity).toBeUndefined();
    expect((await server.get('Observation/o?_summary=false')).body.meta.tag).toBeUndefined();
    expect((await server.get('Observation/o?_summary=count')).status).toBe(400);
    expect((await server.get('Observation/o')).body.meta.tag).toBeUndefined();
  });
});

describe('a format', () => {
  const XML = 'application/fhir+xml';

  it('is FHIR XML where the client asks for it, by Accept or _format, refusals included', async () => {
    for (const answer of [
      await server.get('Observation/o').set('Accept', XML),
      await server.get('Observation/o?_format=xml'),
      await server.get('Observation/o?_format=application/fhir%2Bxml').set('Accept', 'application/fhir+json'),
    ]) {
      expect([answer.status, answer.headers['content-type']]).toEqual([200, `${XML}; charset=utf-8`]);
      expect(answer.text).toContain('<value value="1.00"/>');
    }
    const refused = await server.get('Observation/none').set('Accept', XML);
    expect([refused.status, refused.text]).toEqual([404, expect.stringContaining('<OperationOutcome')]);
    const page = await server.get('Observation?_format=xml');
    expect(page.text, server.errors.join()).toContain('<Bundle');
    expect((await server.get('metadata?_format=xml')).text).toContain('<CapabilityStatement');
  });

  it.each([
    [`${XML};q=0.5, application/fhir+json;q=0.9`, 'json'],
    [`${XML};q=0.9, application/fhir+json;q=0.5`, 'xml'],
    [`${XML}, */*;q=0.1`, 'xml'],
    ['application/fhir+json;q=0, */*', 'xml'],
    ['text/html, */*;q=0.1', 'json'],
  ])('for Accept: %s is %s', async (accept, format) => {
    const { headers } = await server.get('Observation/o').set('Accept', accept);
    expect(headers['content-type']).toBe(`application/fhir+${format}; charset=utf-8`);
  });

  it('of a body may be XML, and what it says is stored', async () => {
    const xml = `<Observation xmlns="http://hl7.org/fhir"><status value="final"/><code><text value="x"/></code><valueQuantity><value value="2.50"/></valueQuantity></Observation>`;
    const created = await server.fhir.post('/fhir/Observation').set('Content-Type', XML).send(xml);
    expect(created.status).toBe(201);
    expect(created.text).toContain('"value":2.50');
    const broken = await server.fhir.post('/fhir/Observation').set('Content-Type', XML).send('<Observation');
    expect(broken.status).toBe(400);
  });

  it('is laid out for people by _pretty, without changing a digit', async () => {
    const pretty = await server.get('Observation/o?_pretty=true');
    expect(pretty.text).toContain('\n  "valueQuantity": {\n    "value": 1.00\n  }');
    expect((await server.get('Observation/o?_pretty=maybe')).status).toBe(400);
  });
});

describe('Prefer', () => {
  it('return=minimal sends no content, return=representation all of it, return=OperationOutcome words', async () => {
    const create = (prefer: string) => server.post('Patient', patient('P')).set('Prefer', prefer);
    const minimal = await create('return=minimal');
    expect([minimal.status, minimal.text, minimal.headers['etag']]).toEqual([201, '', 'W/"1"']);
    expect(minimal.headers['location']).toMatch(/Patient\/.+\/_history\/1$/);
    expect((await create('return=representation')).body.resourceType).toBe('Patient');
    expect((await create('respond-sync; x=1, return=OperationOutcome')).body.resourceType).toBe('OperationOutcome');
    expect((await create('return=something')).body.resourceType).toBe('Patient');
  });

  it('applies to updates, patches and deletes, not to reads', async () => {
    await server.put('Patient/pref', { ...patient('P'), id: 'pref' });
    const change = [{ op: 'add', path: '/gender', value: 'male' }];
    const patched = await server.patch('Patient/pref', change).set('Prefer', 'return=minimal');
    expect([patched.status, patched.text, patched.headers['etag']]).toEqual([200, '', 'W/"2"']);
    expect((await server.get('Patient/pref').set('Prefer', 'return=minimal')).body.id).toBe('pref');
    const deleted = await server.delete('Patient/pref').set('Prefer', 'return=OperationOutcome');
    expect([deleted.status, deleted.body.resourceType]).toEqual([200, 'OperationOutcome']);
  });

  it.each(['batch', 'transaction'] as const)('decides what the entries of a %s bring', async (type) => {
    const entry = [{ resource: patient('E'), request: { method: 'POST', url: 'Patient' } }];
    const send = async (prefer: string) =>
      answersOf(await server.post('', { resourceType: 'Bundle', type, entry }).set('Prefer', prefer))[0];
    expect((await send('return=minimal'))?.resource).toBeUndefined();
    expect((await send('return=representation'))?.resource?.['resourceType']).toBe('Patient');
    const [done, ...findings] = (await send('return=OperationOutcome'))?.response.outcome?.issue ?? [];
    expect(done).toMatchObject({ severity: 'information', code: 'informational' });
    expect(findings.every(({ severity }) => severity === 'warning' || severity === 'information')).toBe(true);
  });
});

describe('a page of another origin', () => {
  it('may read answers where the operator lists it, and see the headers of FHIR', async () => {
    const { headers } = await server.get('Observation/o').set('Origin', ORIGIN);
    expect(headers['access-control-allow-origin']).toBe(ORIGIN);
    expect(headers['access-control-expose-headers']).toContain('ETag');
    const other = await server.get('Observation/o').set('Origin', 'https://evil.example.org');
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
    expect(other.headers['vary']).toBe('Origin');
  });

  it('asks before it writes', async () => {
    const ask = (origin: string) =>
      server.fhir.options('/fhir/Patient/1').set('Origin', origin).set('Access-Control-Request-Method', 'PUT');
    const allowed = await ask(ORIGIN);
    expect([allowed.status, allowed.headers['access-control-allow-methods']]).toEqual([
      204,
      expect.stringContaining('PATCH'),
    ]);
    expect(allowed.headers['access-control-allow-headers']).toContain('If-Match');
    expect((await ask('https://evil.example.org')).status).toBe(405);
  });
});

describe('limits of a Bundle', () => {
  it('are the operator’s', async () => {
    const small = await startTestServer({ settings: { mostEntries: 2 } });
    try {
      const entry = { request: { method: 'GET', url: 'Patient?_count=0' } };
      expect(statuses(answersOf(await sendBundle(small, 'batch', [entry, entry])))).toEqual(['200', '200']);
      expect((await sendBundle(small, 'batch', [entry, entry, entry])).status).toBe(413);
    } finally {
      await small.close();
    }
  });
});
