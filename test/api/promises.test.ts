/** What the server answers, held against what it promises: each answer is one that the OpenAPI document describes. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCapabilityStatement } from '../../src/definitions/capability-statement.ts';
import { buildOpenApi } from '../../src/definitions/openapi.ts';
import type { OpenApiDocument, OpenApiResponse } from '../../src/definitions/openapi-document.ts';
import { FHIR_JSON, startTestServer, type TestServer } from '../support/jenner.ts';

const MAX_BODY = 20_000;

let server: TestServer;
let document: OpenApiDocument;
let ajv: Ajv2020;

beforeAll(async () => {
  server = await startTestServer({ maxBody: MAX_BODY });
  document = buildOpenApi(server.jenner.definitions, { baseUrl: 'http://localhost:8080/fhir' });
  ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });
  ajv.addSchema({ $id: 'openapi', components: { schemas: document.components.schemas } });
  for (const id of ['there', 'changed', 'deleted']) await put(id, 'Adams');
  await put('changed', 'Baker');
  await send({ method: 'DELETE', url: '/Patient/deleted' });
});

afterAll(async () => {
  await server.close();
});

interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const patient = (id: string | undefined, family: string) => ({
  resourceType: 'Patient',
  ...(id === undefined ? {} : { id }),
  name: [{ family }],
});

const put = (id: string, family: string) => send({ method: 'PUT', url: `/Patient/${id}`, body: patient(id, family) });

function send({ method, url, headers = {}, body }: Request) {
  const call = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'delete' } as const;
  const path = /^\/(livez|readyz)/.test(url) ? url : `/fhir${url}`;
  const request = supertest(server.app)[call[method]](path).set(headers);
  if (body === undefined) return request;
  const type = headers['Content-Type'] ?? FHIR_JSON;
  return request.set('Content-Type', type).send(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The answer that the document describes for this status of an operation. */
function described(method: Request['method'], path: string, status: number): OpenApiResponse | undefined {
  const operation = document.paths[path]?.[method.toLowerCase() as 'get' | 'post' | 'put' | 'delete'];
  const name = operation?.responses[status]?.$ref.split('/').at(-1) ?? '';
  return document.components.responses[name];
}

const entry = (method: string, url: string, resource?: object) => ({
  request: { method, url },
  ...(resource ? { resource } : {}),
});
const bundle = (type: string, ...entries: readonly object[]) => ({ resourceType: 'Bundle', type, entry: entries });
const tooLarge = { resourceType: 'Patient', name: [{ family: 'x'.repeat(MAX_BODY) }] };

const onBase = '/';
const onType = '/Patient';
const onInstance = '/Patient/{id}';
const onVersion = '/Patient/{id}/_history/{vid}';
const onHistory = '/Patient/{id}/_history';
const onSearch = '/Patient/_search';

const requests: readonly (readonly [path: string, status: number, what: string, request: Request])[] = [
  ['/metadata', 200, 'reading the statement', { method: 'GET', url: '/metadata' }],
  ['/metadata', 406, 'asking for HTML', { method: 'GET', url: '/metadata', headers: { Accept: 'text/html' } }],
  ['/livez', 200, 'asking whether it lives', { method: 'GET', url: '/livez' }],
  ['/readyz', 200, 'asking whether it is ready', { method: 'GET', url: '/readyz' }],
  [onInstance, 200, 'reading', { method: 'GET', url: '/Patient/there' }],
  [onInstance, 400, 'reading what is no id', { method: 'GET', url: '/Patient/a_b' }],
  [onInstance, 404, 'reading what never was', { method: 'GET', url: '/Patient/nowhere' }],
  [onInstance, 410, 'reading what was deleted', { method: 'GET', url: '/Patient/deleted' }],
  [onVersion, 200, 'reading an old version', { method: 'GET', url: '/Patient/changed/_history/1' }],
  [onVersion, 404, 'reading no version', { method: 'GET', url: '/Patient/changed/_history/9' }],
  [onVersion, 410, 'reading a deletion', { method: 'GET', url: '/Patient/deleted/_history/2' }],
  [onHistory, 200, 'reading a history', { method: 'GET', url: '/Patient/changed/_history?_count=1' }],
  [onHistory, 400, 'counting in words', { method: 'GET', url: '/Patient/changed/_history?_count=one' }],
  [onHistory, 404, 'reading no history', { method: 'GET', url: '/Patient/nowhere/_history' }],
  [onType, 200, 'searching', { method: 'GET', url: '/Patient?family=adams&_count=1' }],
  [onType, 200, 'counting', { method: 'GET', url: '/Patient?family=adams&_count=0' }],
  [onType, 400, 'searching by nothing known', { method: 'GET', url: '/Patient?colour=red' }],
  [
    onSearch,
    200,
    'searching by POST',
    {
      method: 'POST',
      url: '/Patient/_search',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'family=adams',
    },
  ],
  [onSearch, 415, 'searching by JSON', { method: 'POST', url: '/Patient/_search', body: { family: 'adams' } }],
  [onType, 201, 'creating', { method: 'POST', url: '/Patient', body: patient(undefined, 'Clark') }],
  [
    onType,
    201,
    'creating on a condition',
    { method: 'POST', url: '/Patient', body: patient(undefined, 'Doe'), headers: { 'If-None-Exist': 'family=Nobody' } },
  ],
  [
    onType,
    200,
    'creating what is there',
    { method: 'POST', url: '/Patient', body: patient(undefined, 'Doe'), headers: { 'If-None-Exist': '_id=there' } },
  ],
  [
    onType,
    412,
    'creating on a condition that several meet',
    {
      method: 'POST',
      url: '/Patient',
      body: patient(undefined, 'Doe'),
      headers: { 'If-None-Exist': '_id=there,changed' },
    },
  ],
  [onType, 400, 'creating from broken JSON', { method: 'POST', url: '/Patient', body: '{' }],
  [onType, 413, 'creating too much', { method: 'POST', url: '/Patient', body: tooLarge }],
  [
    onType,
    415,
    'creating from plain text',
    { method: 'POST', url: '/Patient', body: 'Patient', headers: { 'Content-Type': 'text/plain' } },
  ],
  [onInstance, 200, 'updating', { method: 'PUT', url: '/Patient/changed', body: patient('changed', 'Evans') }],
  [onInstance, 201, 'updating what never was', { method: 'PUT', url: '/Patient/new', body: patient('new', 'Ford') }],
  [onInstance, 400, 'updating another', { method: 'PUT', url: '/Patient/changed', body: patient('there', 'Evans') }],
  [
    onInstance,
    412,
    'updating an old version',
    {
      method: 'PUT',
      url: '/Patient/changed',
      body: patient('changed', 'Green'),
      headers: { 'If-Match': 'W/"1"' },
    },
  ],
  [
    onInstance,
    412,
    'deleting an old version',
    { method: 'DELETE', url: '/Patient/changed', headers: { 'If-Match': 'W/"1"' } },
  ],
  [onInstance, 204, 'deleting', { method: 'DELETE', url: '/Patient/changed' }],
  [onInstance, 204, 'deleting what never was', { method: 'DELETE', url: '/Patient/nowhere' }],
  [onBase, 200, 'a batch', { method: 'POST', url: '/', body: bundle('batch', entry('GET', 'Patient/nowhere')) }],
  [
    onBase,
    200,
    'a transaction',
    { method: 'POST', url: '/', body: bundle('transaction', entry('POST', 'Patient', patient(undefined, 'Hill'))) },
  ],
  [onBase, 400, 'a document', { method: 'POST', url: '/', body: bundle('document', entry('GET', 'Patient')) }],
  [
    onBase,
    404,
    'a transaction on an unknown type',
    { method: 'POST', url: '/', body: bundle('transaction', entry('GET', 'Unicorn/1')) },
  ],
  [
    onBase,
    405,
    'a transaction with what is not served',
    { method: 'POST', url: '/', body: bundle('transaction', entry('BREW', 'Patient/there')) },
  ],
  [
    onBase,
    410,
    'a transaction that reads what was deleted',
    { method: 'POST', url: '/', body: bundle('transaction', entry('GET', 'Patient/deleted')) },
  ],
];

describe('the server', () => {
  test.each(requests)('answers as %s promises: %i to %s', async (path, status, _what, request) => {
    const response = await send(request);
    const promise = described(request.method, path, response.status);
    expect(response.status).toBe(status);
    expect(promise).toBeDefined();
    const [[mediaType, content] = ['', undefined]] = Object.entries(promise?.content ?? {});
    if (content === undefined) {
      expect(response.text).toBe('');
    } else {
      expect(response.headers['content-type']).toMatch(`${mediaType}; charset=utf-8`);
      const { $ref = '' } = content.schema as { readonly $ref?: string };
      expect(ajv.validate({ $ref: $ref.replace('#', 'openapi#') }, JSON.parse(response.text)), ajv.errorsText()).toBe(
        true,
      );
    }
  });

  test.each([
    ['POST', onType, 201, { method: 'POST', url: '/Patient', body: patient(undefined, 'Irons') }],
    ['PUT', onInstance, 200, { method: 'PUT', url: '/Patient/there', body: patient('there', 'Jones') }],
    ['GET', onInstance, 200, { method: 'GET', url: '/Patient/there' }],
    ['GET', onType, 200, { method: 'GET', url: '/Patient' }],
  ] as const)('sends the headers that it promises for %s %s', async (method, path, status, request) => {
    const response = await send(request);
    const promised = Object.keys(described(method, path, status)?.headers ?? {}).map((name) => name.toLowerCase());
    expect(response.status).toBe(status);
    expect(promised.length).toBeGreaterThan(0);
    expect(Object.keys(response.headers)).toEqual(expect.arrayContaining(promised));
  });

  test.each(['/Patient', '/Patient/there', '/Patient/there/_history', '/metadata'])(
    'answers at %s to HEAD like to GET, without the body, and to what is not listed with 405',
    async (path) => {
      const [head, got] = [await supertest(server.app).head(`/fhir${path}`), await send({ method: 'GET', url: path })];
      expect([head.status, head.text, head.headers['content-length']]).toEqual([
        200,
        undefined,
        got.headers['content-length'],
      ]);
      expect((await supertest(server.app).trace(`/fhir${path}`)).status).toBe(405);
      expect((await supertest(server.app).options(`/fhir${path}`)).status).toBe(405);
    },
  );

  test('answers at /openapi.json with the OpenAPI document of the address that was asked', async () => {
    const response = await supertest(server.app).get('/openapi.json').set('Host', 'iis.example.org');
    const expected = buildOpenApi(server.jenner.definitions, { baseUrl: 'http://iis.example.org/fhir' });
    expect([response.status, response.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(response.body).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  test('answers at metadata with the CapabilityStatement of the address that was asked', async () => {
    const response = await send({ method: 'GET', url: '/metadata', headers: { Host: 'iis.example.org' } });
    const statement = buildCapabilityStatement(server.jenner.definitions, { baseUrl: 'http://iis.example.org/fhir' });
    expect(JSON.parse(response.text)).toEqual(JSON.parse(JSON.stringify(statement)));
  });

  /** A value that a parameter of the type takes; what it finds doesn't matter. */
  const VALUES: Readonly<Record<string, string>> = {
    date: '2024-01-01',
    number: '1',
    quantity: '1',
    reference: 'https://example.org/fhir/Any/1',
    string: 'x',
    token: 'x',
    uri: 'http://example.org/1',
  };

  test('performs every search parameter that its statement declares', async () => {
    const { definitions } = server.jenner;
    const statement = buildCapabilityStatement(definitions, { baseUrl: 'http://localhost/fhir' });
    for (const { type = '', searchParam = [] } of statement.rest?.[0]?.resource ?? []) {
      const queries = searchParam.flatMap((parameter) => {
        const value = VALUES[parameter.type ?? ''];
        return value === undefined ? [] : [`${parameter.name}=${encodeURIComponent(value)}`];
      });
      for (const query of queries) {
        const { status, body } = await send({ method: 'GET', url: `/${type}?${query}&_count=1` });
        expect([status, body.type], `${type}?${query} ${JSON.stringify(body.issue)}`).toEqual([200, 'searchset']);
      }
    }
  });

  test('performs every include that its statement declares, and each order', async () => {
    const { definitions } = server.jenner;
    const statement = buildCapabilityStatement(definitions, { baseUrl: 'http://localhost/fhir' });
    for (const { type, searchInclude = [], searchRevInclude = [] } of statement.rest?.[0]?.resource ?? []) {
      const queries = [
        ...searchInclude.flatMap((value) => [`_include=${value}`, `_include:iterate=${value}`]),
        ...searchRevInclude.filter((value) => value !== '*').map((value) => `_revinclude=${value}`),
        ...definitions
          .searchParameters(type ?? '')
          .filter((parameter) => parameter.type !== 'composite')
          .map(({ code }) => `_sort=-${code}`),
      ];
      for (const query of queries) {
        const { status, body } = await send({ method: 'GET', url: `/${type}?${query}&_count=1` });
        expect([status, body.type], `${type}?${query} ${JSON.stringify(body.issue)}`).toEqual([200, 'searchset']);
      }
    }
  });

  test.each([
    ['GET', '/', '/?_type=Patient,Immunization&_count=1'],
    ['GET', '/', '/?_id=there'],
    ['GET', '/Patient/{id}/*', '/Patient/there/*?_count=1'],
    ['GET', '/Patient/{id}/Immunization', '/Patient/there/Immunization?_sort=-date'],
    ['GET', '/Patient', '/Patient?_total=accurate&_summary=true&_sort=-birthdate&_revinclude=Immunization:patient'],
  ] as const)('answers %s %s with a page as it promises', async (method, path, url) => {
    const response = await send({ method, url });
    expect(response.status).toBe(200);
    const [content] = Object.values(described(method, path, 200)?.content ?? {});
    expect(content).toBeDefined();
    const { $ref = '' } = (content?.schema ?? {}) as { readonly $ref?: string };
    expect(ajv.validate({ $ref: $ref.replace('#', 'openapi#') }, response.body), ajv.errorsText()).toBe(true);
  });

  test.each(['_filter=x', '_query=x', '_score=x', 'colour=red', '_include=Patient:colour', '_sort=colour', '_at=2024'])(
    'refuses %s, which it does not declare, by its name',
    async (query) => {
      const { status, body } = await send({ method: 'GET', url: `/Patient?${query}` });
      expect([status, body.issue[0].expression]).toEqual([400, [`http.${query.split('=')[0]}`]]);
    },
  );
});
