/** Where every throw ends: a refusal becomes its OperationOutcome, anything else a 500 that says nothing about itself. */
import type { ServerResponse } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import { badRequest, FhirError, tooLarge, unsupportedMediaType } from '../fhir/error.ts';
import type { Log } from '../log.ts';
import { type Sending, sendRefusal } from './send-response.ts';

export interface Circumstances extends Sending {
  readonly log: Log;
  /** Bytes, told to those who went over it. */
  readonly bodyLimit: number;
}

/** Sends what became of a request that failed; an answer that is under way already is cut off. */
export function refuse(error: unknown, response: ServerResponse, circumstances: Circumstances): void {
  if (response.headersSent) response.destroy();
  else sendRefusal(response, toRefusal(error, response, circumstances), circumstances);
}

/** The same for Express. */
export const errorHandler =
  (circumstances: Circumstances): ErrorRequestHandler =>
  (error: unknown, _request, response, _next) =>
    refuse(error, response, circumstances);

function toRefusal(error: unknown, response: ServerResponse, { log, bodyLimit }: Circumstances): FhirError {
  if (error instanceof FhirError) return error;
  return bodyRefusal(error, bodyLimit) ?? fault(error, response, log);
}

/** Refusals of the body reader, told by their `type`. */
function bodyRefusal(error: unknown, bodyLimit: number): FhirError | undefined {
  const { type, status } = (error ?? {}) as { type?: unknown; status?: unknown };
  if (type === 'entity.too.large') return tooLarge(`The body is larger than the ${bodyLimit} bytes that are accepted.`);
  if (type === 'encoding.unsupported') return unsupportedMediaType('This Content-Encoding is not supported.');
  if (type === 'request.aborted') return badRequest('The request ended before its body was complete.');
  // Whatever else the HTTP layer finds wrong with a request, such as a path that is not percent-encoded.
  return typeof status === 'number' && status < 500 ? badRequest('The request is malformed.') : undefined;
}

function fault(error: unknown, response: ServerResponse, log: Log): FhirError {
  const requestId = response.getHeader('X-Request-Id');
  log.error('request failed', { requestId, method: response.req.method, error });
  const diagnostics = `The server failed on this request. Its operators find the cause under ${requestId}.`;
  return new FhirError(500, [{ severity: 'fatal', code: 'exception', diagnostics }]);
}
