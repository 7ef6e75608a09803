import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as errors from '../../../src/fhir/error.ts';

const { FhirError, ...constructors } = errors;
const issue = { severity: 'error', code: 'invariant', diagnostics: 'x' } as const;

/** One refusal of each constructor. */
const refusals: Readonly<Record<keyof typeof constructors, errors.FhirError>> = {
  badRequest: errors.badRequest('x', 'http.x'),
  badStructure: errors.badStructure('x', 'Patient.name'),
  badValue: errors.badValue('x'),
  notSupported: errors.notSupported('x'),
  tooCostly: errors.tooCostly('x'),
  ambiguousCredentials: errors.ambiguousCredentials('x'),
  unauthenticated: errors.unauthenticated('x'),
  invalidToken: errors.invalidToken('expired', 'x'),
  insufficientScope: errors.insufficientScope('x', 'patient/Patient.r'),
  forbidden: errors.forbidden('x'),
  notFound: errors.notFound('x'),
  notServed: errors.notServed('x'),
  methodNotAllowed: errors.methodNotAllowed('x', ['GET', 'HEAD']),
  notAcceptable: errors.notAcceptable('x'),
  conflict: errors.conflict('x'),
  duplicate: errors.duplicate('x'),
  gone: errors.gone('x'),
  versionConflict: errors.versionConflict('x'),
  noSingleMatch: errors.noSingleMatch('multiple-matches', 'x'),
  tooLarge: errors.tooLarge('x'),
  unsupportedMediaType: errors.unsupportedMediaType('x'),
  testFailed: errors.testFailed('x'),
  unprocessable: errors.unprocessable([issue]),
  throttled: errors.throttled('x', 5),
  notImplemented: errors.notImplemented('x'),
  unavailable: errors.unavailable('x', 5),
  tookTooLong: errors.tookTooLong('x', 5),
};

const table = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
const rows = [...table.matchAll(/^\| `(\w+)` \| (\d+) \| (.+?) \| \S.* \|$/gm)].map(([, name, status, codes]) => ({
  name,
  status: Number(status),
  codes: [...(codes ?? '').matchAll(/`([a-z-]+)`/g)].map(([, code]) => code),
}));

describe('FhirError', () => {
  it('carries its issues, and their words as its message', () => {
    const error = errors.unprocessable([issue, { ...issue, diagnostics: 'y' }]);
    expect(error).toBeInstanceOf(FhirError);
    expect([error.message, error.issues.length, error.hints]).toEqual(['x; y', 2, {}]);
  });

  it('tells which element is at fault only where there is one', () => {
    expect(errors.badStructure('x', 'Patient.name').issues[0]?.expression).toEqual(['Patient.name']);
    expect(errors.badStructure('x').issues[0]).not.toHaveProperty('expression');
  });

  it('says what to do instead: when to come back, which methods there are', () => {
    expect(errors.unavailable('x', 5).hints).toEqual({ retryAfterSeconds: 5 });
    expect(errors.methodNotAllowed('x', ['GET']).hints).toEqual({ allow: ['GET'] });
    const challenge = { error: 'insufficient_scope', scope: 'patient/Patient.r' };
    expect(errors.insufficientScope('x', 'patient/Patient.r').hints).toEqual({ challenge });
  });
});

describe('the table of refusals in docs/errors.md', () => {
  it('has each constructor once, and no other', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(refusals).sort());
    expect(Object.keys(constructors).sort()).toEqual(Object.keys(refusals).sort());
  });

  it.each(Object.entries(refusals))('tells the status and the issue code of %s', (name, refusal) => {
    const row = rows.find((candidate) => candidate.name === name);
    expect(row?.status).toBe(refusal.status);
    if (name !== 'unprocessable') expect(row?.codes).toContain(refusal.issues[0]?.code);
  });
});
