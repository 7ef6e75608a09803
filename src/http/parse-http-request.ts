/** HTTP read once, at the door: from method, URL, headers and body to a request line (FHIR R4, http.html#summary). */
import type { IncomingHttpHeaders } from 'node:http';
import { badRequest, unsupportedMediaType } from '../fhir/error.ts';
import { parseResource } from '../fhir/resource-content.ts';
import { parseParams } from '../fhir/search-params.ts';
import type { RequestLine } from '../interactions/parse-request.ts';
import { checkAcceptable, checkReadable } from './negotiate.ts';
import { bodyText, hasBody } from './read-body.ts';

const FORM = 'application/x-www-form-urlencoded';

export interface HttpRequest {
  readonly method: string;
  /** Below the FHIR base, percent-encoded, with its query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Undefined where there is none. */
  readonly body: Buffer | undefined;
}

/** @throws FhirError 400, 406 or 415. */
export function parseHttpRequest(request: HttpRequest): RequestLine {
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
      if (hasBody(request.body)) checkReadable(request.headers['content-type']);
      return parseResource(bodyText(request.body));
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
function formText({ method, headers, body }: HttpRequest, path: readonly string[]): string {
  const isForm = method === 'POST' && path.at(-1) === '_search' && hasBody(body);
  if (!isForm) return '';
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== FORM) throw unsupportedMediaType(`A search by POST is sent as ${FORM}.`);
  return bodyText(body);
}

function header(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
