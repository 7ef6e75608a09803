import { Ajv2020 } from 'ajv/dist/2020.js';
import express from 'express';
import supertest from 'supertest';
import { describe, expect, test } from 'vitest';
import { buildCapabilityStatement } from '../../../src/definitions/capability-statement.ts';
import { loadDefinitions } from '../../../src/definitions/load.ts';
import { buildOpenApi } from '../../../src/definitions/openapi.ts';
import type { OpenApiOperation, OpenApiPath, OpenApiResponse } from '../../../src/definitions/openapi-document.ts';
import { joinParameters, resultParameters, servedInteractions } from '../../../src/definitions/server.ts';
import { formatBundle } from '../../../src/fhir/bundle.ts';
import * as refusals from '../../../src/fhir/error.ts';
import { informational } from '../../../src/fhir/outcome.ts';
import { healthRoutes } from '../../../src/http/health.ts';
import { projectRoot } from './project.ts';
import { codeOf, fillPath, requestLine } from './request-lines.ts';

const definitions = await loadDefinitions(projectRoot);
const baseUrl = 'http://localhost:8080/fhir';
const document = buildOpenApi(definitions, { baseUrl });

interface Listed {
  readonly path: string;
  readonly item: OpenApiPath;
  readonly method: string;
  readonly operation: OpenApiOperation;
}

const listed: readonly Listed[] = Object.entries(document.paths).flatMap(([path, item]) =>
  (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) => {
    const operation = item[method];
    return operation ? [{ path, item, method: method.toUpperCase(), operation }] : [];
  }),
);
const isHealth = ({ path }: Listed): boolean => /^\/(livez|readyz)$/.test(path);
const ofFhir = listed.filter((operation) => !isHealth(operation));

function referencesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => (name === '$ref' ? [String(child)] : referencesIn(child)));
}

/** The component that a reference names. */
function component(reference: string): unknown {
  const [, , section = '', name = ''] = reference.split('/');
  return (document.components as unknown as Record<string, Record<string, unknown>>)[section]?.[name];
}

const parametersOf = ({ item, operation }: Listed) =>
  [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(
    ({ $ref }) => component($ref) as { readonly name: string; readonly in: string; readonly required?: true },
  );

describe('the OpenAPI document', () => {
  test('refers only to components that it has, and has none that it does not refer to', () => {
    const referred = new Set(referencesIn(document));
    const names = Object.entries(document.components).flatMap(([section, components]) =>
      Object.keys(components).map((name) => `#/components/${section}/${name}`),
    );
    expect([...referred].filter((reference) => component(reference) === undefined)).toEqual([]);
    expect(names.filter((name) => !referred.has(name))).toEqual([]);
    expect(names.filter((name) => !/^#\/components\/\w+\/[A-Za-z0-9._-]+$/.test(name))).toEqual([]);
  });

  test('names each operation once', () => {
    const ids = listed.map(({ operation }) => operation.operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test('sorts each operation under a tag that it explains', () => {
    const tags = document.tags.map(({ name }) => name);
    expect(new Set(listed.flatMap(({ operation }) => operation.tags))).toEqual(new Set(tags));
  });

  test('declares the parameters of each path, and no parameter twice', () => {
    for (const operation of listed) {
      const parameters = parametersOf(operation);
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      const templated = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(
        inPath.map(({ name }) => name),
        operation.path,
      ).toEqual(templated);
      expect(
        inPath.every(({ required }) => required),
        operation.path,
      ).toBe(true);
      const names = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    }
  });

  test('differs between base URLs in its servers only', () => {
    const other = buildOpenApi(definitions, { baseUrl: 'https://iis.example.org/jenner/fhir' });
    const text = JSON.stringify(other).replaceAll('https://iis.example.org/jenner', 'http://localhost:8080');
    expect(other.paths['/livez']?.servers?.[0]?.url).toBe('https://iis.example.org/jenner');
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
  });
});

describe('its operations by name', () => {
  test.each(definitions.operations)(
    '$code of $resource is listed at the levels of its definition',
    ({ code, resource, system, type, instance }) => {
      const subject = resource[0] === 'Resource' ? 'Patient' : resource[0];
      const paths = ofFhir.flatMap(({ path }) => (path.endsWith(`/$${code}`) ? [path] : []));
      expect(paths.some((path) => path === `/$${code}`)).toBe(system);
      expect(paths.some((path) => path === `/${subject}/$${code}`)).toBe(type);
      expect(paths.some((path) => path === `/${subject}/{id}/$${code}`)).toBe(instance);
    },
  );
});

describe('its operations', () => {
  test('are served, each of them', () => {
    const refused = ofFhir.filter(({ path, method }) => {
      const request = path.slice(1).replace('{id}', '[id]').replace('{vid}', '[vid]');
      const isConditional = /^[A-Z][A-Za-z]+$/.test(request) && /PUT|PATCH|DELETE/.test(method);
      const more = isConditional ? { params: { identifier: 'x' } } : {};
      return typeof codeOf(requestLine(method, fillPath(request, ''), more)) === 'number';
    });
    expect(refused.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  test('are all that is served', () => {
    const { isInPatientCompartment } = definitions;
    const promised = Object.values(servedInteractions).flatMap(({ level, requests }) =>
      (level === 'type' || level === 'conditional' ? definitions.resourceTypes : ['']).flatMap((resourceType) =>
        requests
          .filter(
            ({ path }) => level !== 'type' || !path.startsWith('Patient/') || isInPatientCompartment(resourceType),
          )
          .map(({ method, path }) => `${method} /${path.replace('[type]', resourceType)}`),
      ),
    );
    const found = ofFhir
      .filter(({ path }) => !path.includes('$'))
      .map(({ method, path }) => `${method} ${path.replace('{id}', '[id]').replace('{vid}', '[vid]')}`);
    expect(new Set(found)).toEqual(new Set(promised));
  });

  test.each([...definitions.resourceTypes])('search %s by its declared search parameters', (resourceType) => {
    const search = ofFhir.filter(({ path, method }) => path === `/${resourceType}` && method === 'GET');
    const codes = definitions.searchParameters(resourceType).map(({ code }) => code);
    const inQuery = search.flatMap(parametersOf).filter((parameter) => parameter.in === 'query');
    expect(inQuery.map(({ name }) => name)).toEqual([
      '_format',
      '_pretty',
      ...codes,
      ...joinParameters.map(({ name }) => name),
      ...resultParameters.map(({ name }) => name),
    ]);
  });

  test.each([
    ['PUT', '/Patient/{id}', ['If-Match', 'Prefer']],
    ['DELETE', '/Patient/{id}', ['If-Match', 'Prefer']],
    ['PATCH', '/Patient/{id}', ['If-Match', 'Prefer']],
    ['GET', '/Patient/{id}', ['If-None-Match', 'If-Modified-Since']],
    ['POST', '/Patient', ['If-None-Exist', 'Prefer']],
  ])('say that %s %s takes %s', (method, path, names) => {
    const [operation] = ofFhir.filter((candidate) => candidate.path === path && candidate.method === method);
    const headers = operation && parametersOf(operation).filter((parameter) => parameter.in === 'header');
    expect(headers?.map((parameter) => parameter.name)).toEqual(names);
  });
});

/** The statuses of the named refusals, and of the fault that is no refusal. */
const refusalStatuses = new Set([
  500,
  ...Object.values(refusals).flatMap((refusal) => {
    const made: unknown = refusal === refusals.FhirError ? undefined : (refusal as (...args: unknown[]) => unknown)([]);
    return made instanceof refusals.FhirError ? [made.status] : [];
  }),
]);

const answersOf = ({ operation }: Listed): readonly (readonly [number, OpenApiResponse])[] =>
  Object.entries(operation.responses).map(([status, { $ref }]) => [Number(status), component($ref) as OpenApiResponse]);

describe('its answers', () => {
  test('begin with a success', () => {
    for (const operation of listed) {
      const statuses = answersOf(operation).map(([status]) => status);
      expect(Math.min(...statuses), operation.operation.operationId).toBeLessThan(300);
    }
  });

  test('name refusals that the server makes, and always those that any request may come to', () => {
    for (const operation of ofFhir) {
      const refused = answersOf(operation).flatMap(([status]) => (status >= 400 ? [status] : []));
      expect(refused, operation.operation.operationId).toEqual(expect.arrayContaining([400, 406, 500, 503]));
      expect(refused.filter((status) => !refusalStatuses.has(status))).toEqual([]);
    }
  });

  test('refuse with an OperationOutcome', () => {
    const outcome = {
      'application/fhir+json': { schema: { $ref: '#/components/schemas/OperationOutcome' } },
      'application/fhir+xml': { schema: { type: 'string' } },
    };
    for (const [status, { content }] of ofFhir.flatMap(answersOf)) {
      if (status >= 400) expect(content).toEqual(outcome);
      // A delete may be answered with an outcome, where the client prefers that.
      else if (status !== 200) expect(content).not.toEqual(outcome);
    }
  });

  test('tell clients that must wait how long', () => {
    const waiting = listed.flatMap(answersOf).filter(([status]) => status === 503);
    expect(waiting.length).toBeGreaterThan(0);
    for (const [, response] of waiting) expect(response.headers).toHaveProperty('Retry-After');
  });

  test.each([
    ['/livez', true, 200],
    ['/livez', false, 200],
    ['/readyz', true, 200],
    ['/readyz', false, 503],
  ])('to GET %s are those of the health checks (ready: %s)', async (path, ready, status) => {
    const app = express().use(healthRoutes(async () => ready));
    const response = await supertest(app).get(path);
    const [operation] = listed.filter((candidate) => candidate.path === path);
    const answer = operation && answersOf(operation).find(([documented]) => documented === response.status)?.[1];
    expect(response.status).toBe(status);
    expect(answer?.content).toHaveProperty(['application/json']);
    expect(validate('Health', response.body)).toBe(true);
  });
});

const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });
ajv.addSchema({ $id: 'openapi', components: { schemas: document.components.schemas } });

function validate(schema: string, value: unknown): boolean {
  return ajv.validate({ $ref: `openapi#/components/schemas/${schema}` }, JSON.parse(JSON.stringify(value)));
}

describe('its schemas', () => {
  const entry = '{"fullUrl":"urn:uuid:1","search":{"mode":"match"},"resource":{"resourceType":"Flag","id":"1"}}';
  const links = [{ relation: 'next' as const, url: `${baseUrl}/Flag?_cursor=x` }];
  const page = JSON.parse(formatBundle({ type: 'searchset', total: 1, links, entries: [entry] })) as object;

  test.each([
    ['Immunization', { resourceType: 'Immunization', id: 'a-1', meta: { versionId: '3' }, status: 'completed' }],
    ['OperationOutcome', informational('It is done.')],
    ['Bundle', page],
    ['CapabilityStatement', buildCapabilityStatement(definitions, { baseUrl })],
    ['SearchForm', { patient: 'Patient/1', date: ['ge2024', 'lt2025'] }],
  ])('take a %s as the server makes or reads it', (schema, value) => {
    expect(validate(schema, value)).toBe(true);
  });

  test.each([
    ['Immunization', { resourceType: 'Patient' }],
    ['Immunization', { status: 'completed' }],
    ['Immunization', { resourceType: 'Immunization', id: 'not an id' }],
    ['OperationOutcome', { resourceType: 'OperationOutcome' }],
    ['OperationOutcome', { resourceType: 'OperationOutcome', issue: [{ severity: 'bad', code: 'invalid' }] }],
    ['Bundle', { resourceType: 'Bundle', type: 'document' }],
    ['Bundle', { ...page, entry: [] }],
    ['SearchForm', { patient: { reference: 'Patient/1' } }],
  ])('refuse what is no %s: %j', (schema, value) => {
    expect(validate(schema, value)).toBe(false);
  });
});
