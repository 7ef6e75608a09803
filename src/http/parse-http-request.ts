/** HTTP read once, at the door: from an Express request to a request line (FHIR R4, http.html#summary). */
import type { Request } from 'express';
import { badRequest, unsupportedMediaType } from '../fhir/error.ts';
import { parseResource } from '../fhir/resource-content.ts';
import { parseParams } from '../fhir/search-params.ts';
import type { RequestLine } from '../interactions/parse-request.ts';
import { checkAcceptable, checkReadable } from './negotiate.ts';
import { bodyText, hasBody } from './read-body.ts';

const FORM = 'application/x-www-form-urlencoded';

/** @throws FhirError 400, 406 or 415. */
export function parseHttpRequest(request: Request): RequestLine {
  const [pathname = '', query = ''] = splitOnce(request.url, '?');
  const path = pathname
    .replace(/^\/|\/$/g, '')
    .split('/')
    .map(decodeSegment);
  // What both the URL and the form say holds, as if it stood in one of them (search.html#search).
  const { _format, ...params } = parseParams([query, formText(request, path)].filter(Boolean).join('&'));
  checkAcceptable(request.headers.accept, _format);
  return {
    method: request.method === 'HEAD' ? 'GET' : request.method,
    path,
    params,
    ifMatch: request.headers['if-match'],
    ifNoneMatch: request.headers['if-none-match'],
    ifNoneExist: header(request, 'if-none-exist'),
    resource: () => {
      if (hasBody(request)) checkReadable(request.headers['content-type']);
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
function formText(request: Request, path: readonly string[]): string {
  const isForm = request.method === 'POST' && path.at(-1) === '_search' && hasBody(request);
  if (!isForm) return '';
  if (!request.is(FORM)) throw unsupportedMediaType(`A search by POST is sent as ${FORM}.`);
  return bodyText(request);
}

function header(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
