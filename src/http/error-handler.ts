/** Where every throw ends: a refusal becomes its OperationOutcome, anything else a 500 that says nothing about itself. */
import type { ErrorRequestHandler, Request, Response } from 'express';
import { badRequest, FhirError, tooLarge, unsupportedMediaType } from '../fhir/error.ts';
import type { Log } from '../log.ts';
import { sendRefusal } from './send-response.ts';

/** @param bodyLimit bytes, told to those who went over it. */
export function errorHandler(log: Log, bodyLimit: number): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    sendRefusal(response, toRefusal(error, { log, bodyLimit, request }));
  };
}

interface Circumstances {
  readonly log: Log;
  readonly bodyLimit: number;
  readonly request: Request;
}

function toRefusal(error: unknown, circumstances: Circumstances): FhirError {
  if (error instanceof FhirError) return error;
  return bodyRefusal(error, circumstances.bodyLimit) ?? fault(error, circumstances);
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

function fault(error: unknown, { log, request }: Circumstances): FhirError {
  const requestId = request.res?.getHeader('X-Request-Id');
  log.error('request failed', { requestId, method: request.method, error });
  const diagnostics = `The server failed on this request. Its operators find the cause under ${requestId}.`;
  return new FhirError(500, [{ severity: 'fatal', code: 'exception', diagnostics }]);
}
