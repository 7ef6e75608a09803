import { describe, expect, it } from 'vitest';
import { FhirError } from '../../../src/fhir/error.ts';
import { parseResource } from '../../../src/fhir/resource-content.ts';
import { parseRequest, type RequestLine } from '../../../src/interactions/parse-request.ts';

const served = {
  isServed: (resourceType: string) => ['Patient', 'Flag', 'Group', 'Immunization'].includes(resourceType),
};
const resource = parseResource('{"resourceType":"Patient","id":"1","gender":"male"}');
const parse = (method: string, path: string, more: Partial<RequestLine> = {}) =>
  parseRequest(
    {
      method,
      path: path.split('/'),
      params: {},
      hasBody: true,
      resource: () => resource,
      patch: () => ({ language: 'json-patch', operations: [] }),
      ...more,
    },
    served,
  );

function refusalOf(work: () => unknown): FhirError {
  try {
    work();
  } catch (error) {
    if (error instanceof FhirError) return error;
  }
  throw new Error('not refused');
}

describe('a request line', () => {
  it.each([
    ['GET', 'metadata', 'capabilities'],
    ['GET', 'Patient', 'search-type'],
    ['POST', 'Patient/_search', 'search-type'],
    ['POST', 'Patient', 'create'],
    ['GET', 'Patient/1', 'read'],
    ['PUT', 'Patient/1', 'update'],
    ['DELETE', 'Patient/1', 'delete'],
    ['GET', 'Patient/1/_history', 'history-instance'],
    ['GET', 'Patient/1/_history/2', 'vread'],
    ['PATCH', 'Patient/1', 'patch'],
    ['GET', 'Patient/_history', 'history-type'],
    ['GET', '_history', 'history-system'],
    ['GET', '', 'search-system'],
    ['POST', '_search', 'search-system'],
    ['GET', 'Patient/1/Immunization', 'search-type'],
    ['POST', 'Patient/1/Immunization/_search', 'search-type'],
    ['GET', 'Patient/1/*', 'search-system'],
    ['POST', 'Patient/1/*/_search', 'search-system'],
    ['POST', 'Patient/1/_search', 'search-system'],
    ['GET', '$x', 'operation'],
    ['GET', 'Patient/$x', 'operation'],
    ['POST', 'Patient/1/$x', 'operation'],
  ])('%s %s is %s', (method, path, code) => {
    expect(parse(method, path).code).toBe(code);
  });

  it('brings the conditions of its headers to the interactions that have them', () => {
    expect(parse('PUT', 'Patient/1', { ifMatch: 'W/"3"' })).toMatchObject({ ifMatch: '3' });
    expect(parse('DELETE', 'Patient/1', { ifMatch: '"3"' })).toMatchObject({ ifMatch: '3' });
    expect(parse('POST', 'Patient', { ifNoneExist: '?identifier=a%7C1' })).toMatchObject({
      ifNoneExist: { identifier: 'a|1' },
    });
  });

  it.each([
    ['GET', 'Medication', 404],
    ['GET', 'patient', 404],
    ['GET', 'Patient/_x', 404],
    ['GET', 'Patient/1/x', 404],
    ['GET', '/Patient', 404],
    ['GET', 'Patient/', 404],
    ['GET', 'Patient/a b', 400],
    ['GET', 'Patient/1/Medication', 404],
    ['GET', 'Patient/1/Immunization/2', 404],
    ['GET', 'Patient/1/Immunization/_history', 404],
    ['GET', 'Group/1/Immunization', 404],
    ['GET', 'Group/1/*', 404],
    ['GET', 'Patient/1/_search', 405],
    ['GET', '_search', 405],
    ['PUT', 'Patient/1/Immunization', 405],
    ['PUT', '', 405],
    ['PATCH', 'metadata', 405],
    ['constructor', 'Patient', 405],
    ['toString', 'Patient/1', 405],
    ['POST', 'Flag', 400],
    ['PUT', 'Patient/2', 400],
  ])('%s %s is refused with %i', (method, path, status) => {
    expect(refusalOf(() => parse(method, path)).status).toBe(status);
  });

  it('that would have to pass over a parameter is refused by the name of it', () => {
    for (const [method, path] of [
      ['GET', 'Patient/1'],
      ['PUT', 'Patient/1'],
      ['POST', 'Patient'],
      ['GET', 'metadata'],
    ] as const) {
      const refusal = refusalOf(() => parse(method, path, { params: { _sort: 'x' } }));
      expect([refusal.status, refusal.issues[0]?.expression]).toEqual([400, ['http._sort']]);
    }
    expect(parse('GET', 'metadata', { params: { mode: 'full' } }).code).toBe('capabilities');
    expect(parse('GET', 'metadata', { params: { mode: 'terminology' } })).toEqual({
      code: 'capabilities',
      mode: 'terminology',
    });
    expect(refusalOf(() => parse('GET', 'metadata', { params: { mode: 'normative' } })).status).toBe(400);
  });

  it('names in its refusal what of it can be named safely', () => {
    const refusal = refusalOf(() => parse('POST', `${'<b>'.repeat(50)}/${'x'.repeat(500)}`));
    expect(refusal.message.length).toBeLessThan(200);
    expect(refusal.message).not.toContain('<');
  });
});
