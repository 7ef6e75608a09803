import {
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoUnexpectedServerResponseError,
} from 'mongodb';
import { describe, expect, it } from 'vitest';
import { FhirError } from '../../../src/fhir/error.ts';
import { toFhirError } from '../../../src/storage/database-errors.ts';

const statusOf = (error: unknown): number | undefined => {
  const translated = toFhirError(error);
  return translated instanceof FhirError ? translated.status : undefined;
};

describe('errors of the driver', () => {
  it.each([
    ['a connection that broke', new MongoNetworkError('connection closed')],
    ['no server found', new MongoServerSelectionError('none', { type: 'Unknown' } as never)],
    ['a client that is closing', new MongoTopologyClosedError()],
    ['a server lost between the two tries of a write', new MongoUnexpectedServerResponseError('no retryable writes')],
    ['a server that is stepping down', new MongoServerError({ message: 'x', code: 11602 })],
  ])('%s is 503 with a time to come back', (_case, error) => {
    expect(statusOf(error)).toBe(503);
    expect(toFhirError(error)).toMatchObject({ hints: { retryAfterSeconds: expect.any(Number) } });
  });

  it.each([
    [409, new MongoServerError({ message: 'x', code: 112 })],
    [409, new MongoServerError({ message: 'x', code: 11000 })],
    [413, new MongoServerError({ message: 'x', code: 10334 })],
    [503, new MongoServerError({ message: 'x', code: 50 })],
  ])('are %i where clients can act on them', (status, error) => {
    expect(statusOf(error)).toBe(status);
  });

  it('that nobody foresaw stay what they are', () => {
    const error = new MongoServerError({ message: 'x', code: 2 });
    expect(toFhirError(error)).toBe(error);
    expect(toFhirError(new TypeError('x'))).toBeInstanceOf(TypeError);
  });
});
