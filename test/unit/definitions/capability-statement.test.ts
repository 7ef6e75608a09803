import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { buildCapabilityStatement } from '../../../src/definitions/capability-statement.ts';
import { loadElements } from '../../../src/definitions/elements.ts';
import { type Definitions, loadDefinitions } from '../../../src/definitions/load.ts';
import { resultParameters, servedInteractions } from '../../../src/definitions/server.ts';
import { FhirError } from '../../../src/fhir/error.ts';
import { parseCriterion } from '../../../src/search/parse-criterion.ts';
import { compileSearch } from '../../../src/storage/search/search-request.ts';
import type { Store } from '../../../src/storage/versions.ts';
import { projectRoot } from './project.ts';
import { codeOf, fillPath, interactionOf, requestLine, transactionBundle } from './request-lines.ts';
import { structureFaults } from './structure-faults.ts';

const table = await loadElements(projectRoot);
const definitions = await loadDefinitions(projectRoot);
const baseUrl = 'http://localhost:8080/fhir';
const statement = buildCapabilityStatement(definitions, { baseUrl });
const rest = statement.rest?.[0];
const resources = rest?.resource ?? [];
const asJson = (): Record<string, unknown> => JSON.parse(JSON.stringify(statement)) as Record<string, unknown>;

afterEach(() => {
  vi.useRealTimers();
});

describe('the CapabilityStatement', () => {
  test('is what R4 says of its structure: all that is required, nothing unknown, primitives in their form', () => {
    expect(structureFaults(table, asJson())).toEqual([]);
  });

  test.each([
    ['CapabilityStatement.status: required', { status: undefined }],
    ['CapabilityStatement.promises: unknown', { promises: true }],
    ['CapabilityStatement.date: not a dateTime', { date: 'soon' }],
    ['CapabilityStatement.format: must be an array', { format: 'application/fhir+json' }],
    ['CapabilityStatement.kind: must not be an array', { kind: ['instance'] }],
    ['CapabilityStatement.format: empty', { format: [] }],
    ['CapabilityStatement.rest.resource.type: required', { rest: [{ mode: 'server', resource: [{}] }] }],
    ['CapabilityStatement.experimental: not a boolean', { experimental: 'true' }],
  ])('would be found at fault: %s', (fault, change) => {
    const changed = JSON.parse(JSON.stringify({ ...asJson(), ...change })) as Record<string, unknown>;
    expect(structureFaults(table, changed)).toEqual([fault]);
  });

  test('describes this instance of this software, as the kind `instance` demands (cpb-15)', async () => {
    const { version } = JSON.parse(await readFile(new URL('package.json', projectRoot), 'utf8')) as { version: string };
    expect(statement).toMatchObject({
      resourceType: 'CapabilityStatement',
      kind: 'instance',
      fhirVersion: '4.0.1',
      format: ['application/fhir+json', 'application/fhir+xml', 'json', 'xml'],
      patchFormat: ['application/json-patch+json', 'application/fhir+json'],
      version,
      software: { version },
      implementation: { url: baseUrl },
    });
    expect(statement.rest).toHaveLength(1);
    expect(rest?.mode).toBe('server');
  });

  test('is the same whenever it is asked for', () => {
    vi.useFakeTimers({ now: new Date('2040-02-29T12:00:00Z') });
    expect(buildCapabilityStatement(definitions, { baseUrl })).toEqual(statement);
  });

  test('differs between base URLs in its addresses only', () => {
    const other = buildCapabilityStatement(definitions, { baseUrl: 'https://iis.example.org/r4' });
    const text = JSON.stringify(other).replaceAll('https://iis.example.org/r4', baseUrl);
    expect(JSON.stringify(other)).not.toContain('localhost');
    expect(JSON.parse(text)).toEqual(asJson());
  });

  test('claims no access control while every request is let in', () => {
    expect(rest?.security?.service).toBeUndefined();
    expect(rest?.security?.description).toContain('JENNER_AUTH=off');
  });

  test('leaves out the list of search parameters of a type that has none, since FHIR has no empty arrays', () => {
    const bare: Definitions = { ...definitions, resourceTypes: ['Basic'], searchParameters: () => [] };
    const built = buildCapabilityStatement(bare, { baseUrl });
    expect(built.rest?.[0]?.resource?.[0]).not.toHaveProperty('searchParam');
    expect(structureFaults(table, { ...built })).toEqual([]);
  });
});

describe('its resource types', () => {
  test('are those that are served, each once (cpb-9)', () => {
    expect(resources.map(({ type }) => type)).toEqual(definitions.resourceTypes);
    expect(new Set(resources.map(({ type }) => type)).size).toBe(resources.length);
  });

  test.each(resources)('$type lists its declared search parameters, no other and none twice (cpb-12)', (resource) => {
    const declared = definitions.searchParameters(resource.type).map(({ code, url, type }) => [code, url, type]);
    const listed = resource.searchParam?.map(({ name, definition, type }) => [name, definition, type]);
    expect(listed).toEqual(declared);
    expect(new Set(listed?.map(([name]) => name)).size).toBe(listed?.length);
  });
});

const MODIFIERS = 'missing exact contains not text in below above not-in type of-type identifier'.split(' ');
const VALUES: Readonly<Record<string, string>> = { missing: 'true', 'of-type': 'http://example.org|MR|1' };
const TYPED_VALUES: Readonly<Record<string, string>> = { date: '2025', number: '1', quantity: '1' };

function isModifierServed(resourceType: string, code: string, modifier: string, type: string): boolean {
  const value = VALUES[modifier] ?? TYPED_VALUES[type] ?? 'http://example.org/1';
  try {
    const vocabulary = { parameters: definitions.searchParameters(resourceType), baseUrl };
    const criterion = parseCriterion(resourceType, { name: `${code}:${modifier}`, value }, vocabulary);
    return criterion.kind === 'parameter' && criterion.modifier === modifier;
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    return error.issues[0]?.code !== 'not-supported';
  }
}

describe('its search parameters', () => {
  test.each(resources)(
    '$type names exactly the modifiers that its searches take',
    ({ type: resourceType, searchParam }) => {
      for (const { name, type, documentation = '' } of searchParam ?? []) {
        const listed = MODIFIERS.filter((modifier) => documentation.includes(`\`:${modifier}\``));
        const taken = MODIFIERS.filter((modifier) => isModifierServed(resourceType, name, modifier, type));
        expect(taken, `${resourceType}.${name}`).toEqual(listed);
      }
    },
  );

  test('say where a resource type can be the modifier', () => {
    const documentation = (resourceType: string, code: string) =>
      resources.find(({ type }) => type === resourceType)?.searchParam?.find(({ name }) => name === code)
        ?.documentation;
    expect(documentation('Immunization', 'performer')).toContain('`:[type]`');
    expect(documentation('Immunization', 'status')).not.toContain('`:[type]`');
  });

  const RESULTS: Readonly<Record<string, string>> = {
    _count: '7',
    _sort: '-date',
    _include: 'Immunization:patient',
    '_include:iterate': 'Patient:link',
    _revinclude: 'Provenance:target',
    '_revinclude:iterate': 'Provenance:target',
    _total: 'accurate',
    _summary: 'true',
    _elements: 'status',
  };
  const searching = (params: Readonly<Record<string, string>>, types = ['Immunization']) =>
    compileSearch({ definitions, baseUrl } as Store, { types, params, handling: 'strict' });

  test('are joined by the result parameters that searches take', () => {
    expect(resultParameters.map(({ name }) => name)).toEqual(Object.keys(RESULTS));
    for (const [name, value] of Object.entries(RESULTS)) {
      expect(searching({ [name]: value }).used).toEqual({ [name]: value });
      expect(rest?.documentation).toContain(`\`${name}\``);
    }
  });

  test.each([
    ...['_score', '_filter', '_query', '_contained', '_containedType', '_type', '_sort:desc', '_include:recurse'],
    ...['_total:x', '_summary:x', '_format'],
  ])('are not joined by %s, which searches refuse', (name) => {
    expect(() => searching({ [name]: 'x' })).toThrow(FhirError);
    expect(rest?.documentation).not.toContain(`\`${name}\``);
  });

  test('of a search across types are those that all types have', () => {
    const listed = rest?.searchParam?.map(({ name }) => name) ?? [];
    const joins = ['_list', '_content', '_text', '_has'];
    expect(listed).toEqual(expect.arrayContaining(joins));
    const codes = listed.filter((name) => !joins.includes(name));
    expect(codes).toEqual(expect.arrayContaining(['_id', '_lastUpdated', '_tag', '_profile', '_security']));
    for (const { type, searchParam = [] } of resources) {
      expect(
        searchParam.map(({ name }) => name),
        type,
      ).toEqual(expect.arrayContaining(codes));
    }
  });
});

describe('its includes', () => {
  const searching = (type: string, name: string, value: string) =>
    compileSearch({ definitions, baseUrl } as Store, { types: [type], params: { [name]: value }, handling: 'strict' });
  const references = definitions.resourceTypes.flatMap((type) =>
    definitions.searchParameters(type).map(({ code }) => `${type}:${code}`),
  );

  test.each(resources)('of $type are those that its searches take, and no others', ({ type, ...listed }) => {
    const taken = (name: string) =>
      ['*', ...references].filter((value) => {
        try {
          return searching(type, name, value).options.includes.length > 0;
        } catch (error) {
          if (error instanceof FhirError) return false;
          throw error;
        }
      });
    expect(new Set(listed.searchInclude)).toEqual(new Set(taken('_include')));
    expect(new Set(listed.searchRevInclude)).toEqual(new Set(taken('_revinclude')));
  });
});

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const PATHS = [
  ...['', 'metadata', '_history', '_search', 'metadata/more'],
  ...['[type]', '[type]/_search', '[type]/_history', '[type]/_search/more'],
  ...['[type]/[id]', '[type]/[id]/_history', '[type]/[id]/_history/[vid]', '[type]/[id]/_history/[vid]/more'],
  ...['Patient/[id]/[type]', 'Patient/[id]/[type]/_search', 'Patient/[id]/[type]/more'],
  ...['Patient/[id]/*', 'Patient/[id]/*/_search', 'Patient/[id]/_search', 'Group/[id]/[type]', 'Group/[id]/*'],
];

/** What names the resource of a conditional write. */
const criteriaOf = (method: string, path: string) =>
  path === '[type]' && ['PUT', 'PATCH', 'DELETE'].includes(method) ? { params: { identifier: 'x' } } : {};

/** The statement lists these as conditionalUpdate, conditionalDelete and, for a patch, not at all. */
const CONDITIONAL = ['conditional-update', 'conditional-patch', 'conditional-delete'];

/** Of each request line, the codes that the statement lists for it; `capabilities` is how the statement is read. */
const promised = (method: string, path: string, resourceType: string): readonly string[] => {
  const listed = resources.find(({ type }) => type === resourceType)?.interaction ?? [];
  const beside = [...CONDITIONAL, 'capabilities'];
  const codes = [...listed, ...(rest?.interaction ?? [])].map(({ code }): string => code ?? '').concat(beside);
  return codes.filter((code) => {
    const requests =
      code in servedInteractions ? servedInteractions[code as keyof typeof servedInteractions].requests : [];
    return requests.some((request) => request.method === method && request.path === path);
  });
};

describe('its interactions', () => {
  test.each(resources)('of $type are served, and what is not listed is refused with 404 or 405', ({ type }) => {
    for (const path of PATHS) {
      for (const method of METHODS) {
        const line = requestLine(method, fillPath(path, type), criteriaOf(method, path));
        const expected = promised(method, path, type);
        const found = codeOf(line);
        expect(expected.length === 0 ? [404, 405] : expected, `${method} ${path}`).toContain(found);
      }
    }
  });

  test('have a request each', () => {
    const listed = resources.flatMap(({ interaction = [] }) => interaction.map(({ code }) => code));
    const requested = METHODS.flatMap((method) => PATHS.flatMap((path) => promised(method, path, 'Immunization')));
    expect(new Set(requested)).toEqual(
      new Set([...listed, ...CONDITIONAL, 'transaction', 'batch', 'search-system', 'history-system', 'capabilities']),
    );
  });

  test('of the system are search, its history, and batch and transaction, told apart by the Bundle', () => {
    const codes = ['transaction', 'batch', 'search-system', 'history-system'];
    expect(rest?.interaction).toEqual(codes.map((code) => ({ code })));
    expect(rest?.compartment).toEqual(['http://hl7.org/fhir/CompartmentDefinition/patient']);
    expect(codeOf(requestLine('POST', ''))).toBe('batch');
    expect(codeOf(requestLine('POST', '', { resource: transactionBundle }))).toBe('transaction');
  });

  test('are not served for a type that is not listed', () => {
    expect(codeOf(requestLine('GET', 'Medication/1'))).toBe(404);
  });
});

describe('its conditions', () => {
  test.each(resources)('of $type are those that requests can state', (resource) => {
    const path = `${resource.type}/some-id`;
    const params = { identifier: 'x' };
    const creating = interactionOf(requestLine('POST', resource.type, { ifNoneExist: 'identifier=x' }));
    expect(resource).toMatchObject({ conditionalCreate: true, updateCreate: true, readHistory: true });
    expect(creating).toMatchObject({ code: 'create', ifNoneExist: params });
    expect(resource.versioning).toBe('versioned-update');
    expect(interactionOf(requestLine('PUT', path, { ifMatch: 'W/"3"' }))).toMatchObject({ ifMatch: '3' });
    expect(interactionOf(requestLine('DELETE', path, { ifMatch: 'W/"3"' }))).toMatchObject({ ifMatch: '3' });
    expect(resource).toMatchObject({
      conditionalRead: 'full-support',
      conditionalUpdate: true,
      conditionalDelete: 'single',
    });
    expect(interactionOf(requestLine('GET', path, { ifNoneMatch: 'W/"3"' }))).toMatchObject({
      known: { ifNoneMatch: ['3'] },
    });
    for (const [method, code] of Object.entries({ PUT: 'update', PATCH: 'patch', DELETE: 'delete' })) {
      const writing = interactionOf(requestLine(method, resource.type, { params }));
      expect(writing).toMatchObject({ code: `conditional-${code}`, criteria: params });
      expect(codeOf(requestLine(method, resource.type))).toBe(400);
    }
  });
});
