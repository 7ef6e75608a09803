/** Answers as HTTP (FHIR R4, http.html#versioning and #Status-Codes): stored text is sent as it is. */
import type { ServerResponse } from 'node:http';
import { type FhirError, tooLarge } from '../fhir/error.ts';
import { formatEtag } from '../fhir/etag.ts';
import type { FhirResponse } from '../fhir/interaction.ts';
import { buildOutcome } from '../fhir/outcome.ts';
import { formatChallenge } from './challenge.ts';
import { type AnswerForm, CONTENT_TYPES } from './negotiate.ts';
import { securityHeaders } from './security-headers.ts';
import { writeText, type XmlText } from './write-text.ts';

/** How an answer goes out. */
export interface Sending {
  readonly form: AnswerForm;
  readonly xml: XmlText;
  /** The FHIR base URL without a slash at its end. */
  readonly baseUrl: string;
}

export function sendResponse(response: ServerResponse, answer: FhirResponse, { form, xml, baseUrl }: Sending): void {
  const { status, stored, body, location, outcome } = answer;
  const json = body ?? (stored?.body || (outcome && JSON.stringify(outcome)));
  const isEmpty = status === 204 || status === 304 || !json;
  const text = isEmpty ? undefined : writeText(json, form, xml);
  const headers = securityHeaders(baseUrl);
  if (stored) {
    headers['ETag'] = formatEtag(stored.versionId);
    headers['Last-Modified'] = stored.lastUpdated.toUTCString();
  }
  if (location) headers[status === 201 ? 'Location' : 'Content-Location'] = `${baseUrl}/${location}`;
  if (text !== undefined) {
    headers['Content-Type'] = CONTENT_TYPES[form.format];
    headers['Content-Length'] = String(Buffer.byteLength(text));
  }
  response.writeHead(status, headers).end(text);
}

/** A refusal as its OperationOutcome. */
export function sendRefusal(response: ServerResponse, refusal: FhirError, { form, xml, baseUrl }: Sending): void {
  const headers = {
    ...securityHeaders(baseUrl),
    'Content-Type': CONTENT_TYPES[form.format],
    ...hints(refusal, baseUrl),
  };
  const text = writeText(JSON.stringify(buildOutcome(refusal.issues)), form, xml);
  response.writeHead(refusal.status, headers).end(text);
}

function hints({ status, hints }: FhirError, baseUrl: string): Record<string, string> {
  const { retryAfterSeconds, allow, challenge } = hints;
  return {
    ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
    ...(allow ? { Allow: allow.join(', ') } : {}),
    ...(challenge ? { 'WWW-Authenticate': formatChallenge(baseUrl, challenge) } : {}),
    // What was not read of a refused body must not be taken for the next request.
    ...(status === tooLarge('').status ? { Connection: 'close' } : {}),
  };
}
