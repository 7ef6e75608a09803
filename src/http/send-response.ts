/** Answers as HTTP (FHIR R4, http.html#versioning and #Status-Codes): stored text is sent as it is. */
import type { ServerResponse } from 'node:http';
import { type FhirError, tooLarge } from '../fhir/error.ts';
import { formatEtag } from '../fhir/etag.ts';
import type { FhirResponse } from '../fhir/interaction.ts';
import { buildOutcome } from '../fhir/outcome.ts';
import { FHIR_JSON } from './negotiate.ts';

export function sendResponse(response: ServerResponse, baseUrl: string, answer: FhirResponse): void {
  const { status, stored, body, location, outcome } = answer;
  const headers: Record<string, string> = { 'Cache-Control': 'no-store' };
  if (stored) {
    headers['ETag'] = formatEtag(stored.versionId);
    headers['Last-Modified'] = stored.lastUpdated.toUTCString();
  }
  if (location) headers[status === 201 ? 'Location' : 'Content-Location'] = `${baseUrl}/${location}`;
  const text = body ?? (stored?.body || (outcome && JSON.stringify(outcome)));
  if (status === 204 || !text) {
    response.writeHead(status, headers).end();
    return;
  }
  headers['Content-Type'] = FHIR_JSON;
  headers['Content-Length'] = String(Buffer.byteLength(text));
  response.writeHead(status, headers).end(text);
}

/** A refusal as its OperationOutcome. */
export function sendRefusal(response: ServerResponse, refusal: FhirError): void {
  const headers: Record<string, string> = { 'Content-Type': FHIR_JSON, 'Cache-Control': 'no-store' };
  const { retryAfterSeconds, allow } = refusal.hints;
  if (retryAfterSeconds !== undefined) headers['Retry-After'] = String(retryAfterSeconds);
  if (allow) headers['Allow'] = allow.join(', ');
  // What was not read of a refused body must not be taken for the next request.
  if (refusal.status === tooLarge('').status) headers['Connection'] = 'close';
  response.writeHead(refusal.status, headers).end(JSON.stringify(buildOutcome(refusal.issues)));
}
