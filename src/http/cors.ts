/** Web pages of other origins (Fetch Standard, CORS protocol; FHIR R4, http.html#3.1.0.1.1): which may ask, and what they get to see. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Origins that may change while the server runs, as apps are registered. */
interface KnownOrigins {
  has(origin: string): boolean;
}

/** `*`: pages of any origin; else those listed, or known at the moment. */
export type CorsOrigins = '*' | readonly string[] | KnownOrigins;

export function isAllowedOrigin(origins: CorsOrigins, origin: string): boolean {
  if (origins === '*') return true;
  return 'has' in origins ? origins.has(origin) : origins.includes(origin);
}

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
const REQUEST_HEADERS = [
  'Accept',
  'Authorization',
  'Content-Type',
  'If-Match',
  'If-Modified-Since',
  'If-None-Exist',
  'If-None-Match',
  'Prefer',
  'X-Requested-With',
].join(', ');
const RESPONSE_HEADERS =
  'Content-Location, ETag, Expires, Last-Modified, Location, Retry-After, WWW-Authenticate, X-Progress, X-Request-Id';
/** How long a browser may remember the answer, in seconds. */
const MAX_AGE = '86400';

/**
 * Says on the response whether the page that asks may read it. No credentials: this server has no cookies.
 * @returns true where the request was a preflight and is answered
 */
export function answerCors(request: IncomingMessage, response: ServerResponse, origins: CorsOrigins): boolean {
  const { origin, 'access-control-request-method': asked } = request.headers;
  if (origins !== '*' && !('length' in origins && origins.length === 0)) response.setHeader('Vary', 'Origin');
  if (origin === undefined || !isAllowedOrigin(origins, origin)) return false;
  response.setHeader('Access-Control-Allow-Origin', origins === '*' ? '*' : origin);
  response.setHeader('Access-Control-Expose-Headers', RESPONSE_HEADERS);
  if (request.method !== 'OPTIONS' || asked === undefined) return false;
  response.setHeader('Access-Control-Allow-Methods', METHODS);
  response.setHeader('Access-Control-Allow-Headers', REQUEST_HEADERS);
  response.setHeader('Access-Control-Max-Age', MAX_AGE);
  response.writeHead(204).end();
  return true;
}
