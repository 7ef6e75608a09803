import { request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ maxBody: 100_000 });
  await server.put('Patient/p', { resourceType: 'Patient', id: 'p', gender: 'male', birthDate: '2020-01-01' });
});
afterAll(() => server.close());

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Plain HTTP, since clients of a higher level refuse to send much of this. */
function send({ method, path, headers, body }: Sent): Promise<Answered> {
  const url = new URL(server.base);
  return new Promise((resolve, reject) => {
    const sent = request({ host: url.hostname, port: url.port, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What a request may be made of: mostly near what is right, so that it gets far. */
const word = fc.constantFrom(
  'Patient',
  'Immunization',
  'Medication',
  'metadata',
  '_search',
  '_history',
  '$match',
  'p',
  '1',
  '2',
  '-1',
  '..',
  '.',
  '__proto__',
  'constructor',
  'a b',
  '%00',
  '%ff',
  '%2F',
  '\u00fc',
  '$',
  '"',
  "'",
  '{',
  '*',
  '',
);
const noise = fc.string({ maxLength: 12, unit: 'binary' });
const segment = fc.oneof({ weight: 6, arbitrary: word }, { weight: 1, arbitrary: noise });
const parameter = fc.constantFrom(
  '_id',
  '_lastUpdated',
  '_count',
  '_cursor',
  '_format',
  '_sort',
  '_has:Immunization:patient:status',
  'family',
  'given',
  'identifier',
  'identifier:of-type',
  'birthdate',
  'birthdate:missing',
  'gender',
  'gender:not',
  'name:contains',
  'family:exact',
  'date',
  'patient',
  'patient:identifier',
  'patient.name',
  'status',
  'vaccine-code',
  'vaccine-code:text',
  'lot-number',
  '__proto__',
  'general-practitioner',
  'organization',
  'reaction-date',
  'dose-quantity',
  'url',
  '',
);
const value = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '1',
    '-1',
    '1e999',
    '2020',
    'ge2020-02-30',
    'ap2020',
    'sa2020-01-01T00:00:00+14:00',
    'a|b',
    '|b',
    'a|',
    '|',
    'a\\,b',
    '\\',
    '\\|',
    ',',
    ',,',
    'true',
    '$ne',
    '{"$gt":""}',
    'Patient/p',
    'http://x/Patient/p',
    '(',
    '[',
    '.*',
    'json',
    'xml',
    '\u0000',
    '\ud800',
    'x'.repeat(3000),
    '0001',
    '9999-12-31',
    'ne2020',
    '%00',
    'a|b|c',
    '||',
    '5||mg',
    '\u{1F600}',
  ),
  noise,
);
const encodeLoosely = (text: string): string => {
  const encoded = encodeURI(text.replace(/\p{Cs}/gu, '\ufffd')).replace(/[#?&]/g, encodeURIComponent);
  return text.includes('%') ? encoded.replaceAll('%25', '%') : encoded;
};
const query = fc
  .array(fc.tuple(fc.oneof({ weight: 8, arbitrary: parameter }, { weight: 1, arbitrary: noise }), value), {
    maxLength: 3,
  })
  .map((pairs) => pairs.map(([name, text]) => `${encodeLoosely(name)}=${encodeLoosely(text)}`).join('&'));
const path = fc.tuple(fc.array(segment, { maxLength: 4 }), query, fc.boolean()).map(([segments, search, below]) => {
  const joined = segments.map(encodeLoosely).join('/');
  return `/${below || segments.length === 0 ? 'fhir/' : 'fhir/Patient/'}${joined}${search ? `?${search}` : ''}`;
});

const element = fc.constantFrom(
  'resourceType',
  'id',
  'meta',
  'name',
  'family',
  'given',
  'identifier',
  'system',
  'value',
  'birthDate',
  'extension',
  'url',
  'valueQuantity',
  'type',
  'entry',
  'request',
  'method',
  'resource',
  'fullUrl',
  'ifNoneExist',
  'text',
  'div',
  'contained',
  'reference',
  'generalPractitioner',
  '__proto__',
  'active',
  'telecom',
  'address',
  'period',
  'start',
  'communication',
);
const scalar = fc.oneof(
  fc.constantFrom(
    'Patient',
    'Bundle',
    'batch',
    'transaction',
    'p',
    'POST',
    'GET',
    'PUT',
    'Patient/p',
    'Patient',
    '2020',
    null,
    true,
    1e308,
    -0,
    '',
    'Patient?identifier=1',
    'a\u0000b',
    '\ud800',
    'urn:uuid:1',
    'phone',
    'http://x/y',
  ),
  fc.string({ maxLength: 8, unit: 'binary' }),
  fc.double(),
);
const { json } = fc.letrec<{ readonly json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    scalar,
    fc.dictionary(element, tie('json'), { maxKeys: 5 }),
    fc.array(tie('json'), { maxLength: 3 }),
  ),
}));
const resource = fc
  .dictionary(element, json, { maxKeys: 6 })
  .map((content) => ({ resourceType: 'Patient', ...content }));
const entry = fc.record({
  fullUrl: fc.constantFrom('urn:uuid:1', 'urn:uuid:2', 'http://x/Patient/p', ''),
  resource: fc.oneof(resource, json),
  request: fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'x'),
    url: fc.oneof(
      path.map((text) => text.slice(6)),
      fc.constantFrom('Patient', 'Patient/p', 'Patient?family=x', '', '/'),
    ),
  }),
});
const bundle = fc.record({
  resourceType: fc.constant('Bundle'),
  type: fc.constantFrom('batch', 'transaction'),
  entry: fc.array(entry, { maxLength: 4 }),
});
const body = fc.oneof(
  fc.oneof(resource, bundle, json).map((content) => JSON.stringify(content) ?? ''),
  fc.constantFrom('', '{', '[[[[', '{"resourceType":"Patient","resourceType":"Patient"}', 'family=x&given=y', '\u0000'),
  noise,
);
const headers = fc.dictionary(
  fc.constantFrom(
    'accept',
    'if-match',
    'if-none-match',
    'if-none-exist',
    'prefer',
    'x-forwarded-host',
    'content-encoding',
    'cookie',
    'range',
    'expect-ct',
  ),
  fc.oneof(
    fc.constantFrom('*/*', 'W/"1"', '*', 'identifier=1', 'return=minimal', 'gzip', 'application/fhir+json', ''),
    fc.stringMatching(/^[ -~]{0,12}$/),
  ),
  { maxKeys: 2 },
);
const contentType = fc.constantFrom(
  'application/fhir+json',
  'application/json',
  'application/x-www-form-urlencoded',
  'text/plain',
  '',
);
const sent = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'),
    path: fc.oneof(path, fc.constantFrom('/fhir', '/fhir/Patient', '/fhir/Patient/p', '/fhir/Patient/_search')),
    headers,
    body,
    contentType,
  })
  .map(
    ({ contentType: type, ...request }): Sent => ({
      ...request,
      headers: { ...request.headers, 'content-type': type, 'content-length': String(Buffer.byteLength(request.body)) },
    }),
  );

/** The type of the resource that an answer is, in XML where `_format` or `Accept` ask for that. */
const typeOf = (text: string): string | undefined =>
  text.startsWith('<?xml')
    ? /<([A-Za-z]+) xmlns="http:\/\/hl7.org\/fhir"/.exec(text)?.[1]
    : JSON.parse(text).resourceType;

describe('any request', () => {
  it('is answered in FHIR JSON or XML and never with a fault of the server', async () => {
    await fc.assert(
      fc.asyncProperty(sent, async (request) => {
        const { status, text } = await send(request);
        expect(status).toBeGreaterThanOrEqual(200);
        expect(status, `${text} ${server.errors.at(-1)}`).toBeLessThan(500);
        if (text !== '') expect(typeOf(text)).toMatch(/^[A-Z]/);
        if (status >= 400 && request.method !== 'HEAD') expect(typeOf(text)).toBe('OperationOutcome');
        expect(text, 'entries fail for reasons of their own').not.toContain('"status":"5');
      }),
      { numRuns: 500 },
    );
    expect(server.errors).toEqual([]);
    expect((await server.get('metadata')).status).toBe(200);
  });
});
