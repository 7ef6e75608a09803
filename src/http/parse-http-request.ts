/** HTTP read once, at the door: from an Express request to a request line (FHIR R4, http.html#summary). */
import type { Request } from 'express';
import { badRequest, unsupportedMediaType } from '../fhir/error.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import { parseResource } from '../fhir/resource-content.ts';
import { parseParams } from '../fhir/search-params.ts';
import type { RequestLine } from '../interactions/parse-request.ts';
import { checkAcceptable, checkReadable } from './negotiate.ts';
import { bodyText } from './read-body.ts';

const FORM = 'application/x-www-form-urlencoded';

/** @throws FhirError 400, 406 or 415. */
export function parseHttpRequest(request: Request): RequestLine {
  const [pathname = '', query = ''] = splitOnce(request.url, '?');
  const path = pathname
    .replace(/^\/|\/$/g, '')
    .split('/')
    .map(decodeSegment);
  const { _format, ...params } = { ...parseParams(query), ...formParams(request, path) };
  checkAcceptable(request.headers.accept, _format);
  return {
    method: request.method === 'HEAD' ? 'GET' : request.method,
    path,
    params,
    ifMatch: request.headers['if-match'],
    ifNoneExist: header(request, 'if-none-exist'),
    resource: () => {
      checkReadable(request.headers['content-type']);
      return parseResource(bodyText(request));
    },
  };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest('The path is not properly percent-encoded UTF-8.');
  }
}

/** The form of `POST [type]/_search`, which adds to the query of its URL (http.html#search). */
function formParams(request: Request, path: readonly string[]): SearchParams {
  if (request.method !== 'POST' || path.at(-1) !== '_search') return {};
  const hasBody = Buffer.isBuffer(request.body) && request.body.length > 0;
  if (!hasBody) return {};
  if (!request.is(FORM)) throw unsupportedMediaType(`A search by POST is sent as ${FORM}.`);
  return parseParams(bodyText(request));
}

function header(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
