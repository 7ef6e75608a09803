import { describe, expect, it } from 'vitest';
import { FhirError, gone, unavailable, versionConflict } from '../../../src/fhir/error.ts';

describe('FhirError', () => {
  it('carries the status and issue code that R4 gives to a deleted resource', () => {
    const error = gone('Patient/1 was deleted');
    expect(error).toBeInstanceOf(FhirError);
    expect([error.status, error.issues[0]?.code]).toEqual([410, 'deleted']);
  });

  it('answers a stale If-Match with 412 and a lost database with 503 and a wait', () => {
    expect(versionConflict('stale').status).toBe(412);
    expect(unavailable('database gone', 5)).toMatchObject({ status: 503, hints: { retryAfterSeconds: 5 } });
  });
});
