/** HTTP read once, at the door: from method, URL, headers and body to a request line (FHIR R4, http.html#summary). */
import type { IncomingHttpHeaders } from 'node:http';
import { badRequest, badValue, unsupportedMediaType } from '../fhir/error.ts';
import { parseJsonPatch } from '../fhir/json-patch.ts';
import type { Patch } from '../fhir/patch.ts';
import { parseResource, type ResourceContent } from '../fhir/resource-content.ts';
import { parseParams } from '../fhir/search-params.ts';
import { JSON_PATCH } from '../interactions/parse-patch.ts';
import type { RequestLine } from '../interactions/parse-request.ts';
import { parseReturns, parseStrictness } from '../interactions/return-preference.ts';
import { parseHandling } from '../interactions/search-handling.ts';
import { type AnswerForm, checkReadable, mediaTypeOf, negotiate, PLAIN_JSON } from './negotiate.ts';
import { bodyText, hasBody } from './read-body.ts';
import type { XmlText } from './write-text.ts';

const FORM = 'application/x-www-form-urlencoded';

export interface HttpRequest {
  readonly method: string;
  /** Below the FHIR base, percent-encoded, with its query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Undefined where there is none. */
  readonly body: Buffer | undefined;
}

export interface ParsedRequest {
  readonly line: RequestLine;
  /** How the answer is to be written. */
  readonly form: AnswerForm;
}

/** @throws FhirError 400, 406 or 415. */
export function parseHttpRequest(request: HttpRequest, xml: XmlText): ParsedRequest {
  const [pathname = '', query = ''] = splitOnce(request.url, '?');
  const path = pathname
    .replace(/^\/|\/$/g, '')
    .split('/')
    .map(decodeSegment);
  // What both the URL and the form say holds, as if it stood in one of them (search.html#search).
  const { _format, _pretty, ...params } = parseParams([query, formText(request, path)].filter(Boolean).join('&'));
  const form = parseForm(request, _format, _pretty);
  const line: RequestLine = {
    method: request.method === 'HEAD' ? 'GET' : request.method,
    path,
    params,
    ifMatch: request.headers['if-match'],
    ifNoneMatch: request.headers['if-none-match'],
    ifModifiedSince: request.headers['if-modified-since'],
    ifNoneExist: header(request, 'if-none-exist'),
    returns: parseReturns(header(request, 'prefer')),
    isStrict: parseStrictness(header(request, 'prefer')),
    handling: parseHandling(header(request, 'prefer')),
    hasBody: hasBody(request.body),
    resource: () => readResource(request, xml),
    patch: () => readPatch(request, xml),
  };
  return { line, form };
}

type ParameterValue = string | readonly string[] | undefined;

function parseForm({ headers }: HttpRequest, _format: ParameterValue, _pretty: ParameterValue): AnswerForm {
  if (_pretty !== undefined && _pretty !== 'true' && _pretty !== 'false') {
    throw badValue('_pretty is true or false.', 'http._pretty');
  }
  return { format: negotiate(headers.accept, _format), pretty: _pretty === 'true' };
}

/** How a refusal is written of a request that could not be read: as it asks in its URL or headers, else as JSON. */
export function refusalForm({ url, headers }: Pick<HttpRequest, 'url' | 'headers'>): AnswerForm {
  const [, asked] = /[?&]_format=([^&]*)/.exec(url) ?? [];
  try {
    return { format: negotiate(headers.accept, asked && decodeSegment(asked)), pretty: false };
  } catch {
    return PLAIN_JSON;
  }
}

function readResource({ headers, body }: HttpRequest, xml: XmlText): ResourceContent {
  const format = hasBody(body) ? checkReadable(headers['content-type']) : 'json';
  const text = bodyText(body);
  return parseResource(format === 'xml' ? xml.toJson(text) : text);
}

/** A JSON Patch by its media type; a resource is a FHIRPath Patch. */
function readPatch(request: HttpRequest, xml: XmlText): Patch {
  if (mediaTypeOf(request.headers['content-type']) !== JSON_PATCH) {
    return { language: 'fhirpath-patch', parameters: readResource(request, xml) };
  }
  return { language: 'json-patch', operations: parseJsonPatch(bodyText(request.body)) };
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
