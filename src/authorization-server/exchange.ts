/** A request to the authorization server and its answer, without a framework (RFC 9110). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Page, pageHtml } from './pages/layout.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Below the authorization server's path, without query. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A request that can't be read; the status says why. */
export class UnreadableRequest extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const LARGEST_BODY = 65_536;

async function readBody({ request }: Exchange, type: string): Promise<string> {
  if (request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== type) {
    throw new UnreadableRequest(415, `The body must be ${type}.`);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST_BODY) throw new UnreadableRequest(413, 'The body is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length).toString('utf8');
}

/** The fields of a posted form. @throws UnreadableRequest where it is none, or too long. */
export const readForm = async (exchange: Exchange): Promise<URLSearchParams> =>
  new URLSearchParams(await readBody(exchange, 'application/x-www-form-urlencoded'));

/** A posted JSON object. @throws UnreadableRequest where it is none, or too long. */
export async function readJson(exchange: Exchange): Promise<Readonly<Record<string, unknown>>> {
  const text = await readBody(exchange, 'application/json');
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Answered below, like JSON that is no object.
  }
  throw new UnreadableRequest(400, 'The body must be a JSON object.');
}

export function cookieOf({ request }: Exchange, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** What every answer of this server says to browsers: it is in no frame, runs nothing, and is kept nowhere. */
export function setSecurityHeaders(response: ServerResponse, formTargets: readonly string[] = []): void {
  const targets = ["'self'", ...formTargets].join(' ');
  response.setHeader(
    'Content-Security-Policy',
    `default-src 'none'; style-src 'self'; form-action ${targets}; frame-ancestors 'none'; base-uri 'none'`,
  );
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  // Not none at all: browsers would then not say either from which origin a form is sent.
  response.setHeader('Referrer-Policy', 'same-origin');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Pragma', 'no-cache');
}

export function sendPage({ response }: Exchange, page: Page): void {
  setSecurityHeaders(response, page.formTargets);
  send(response, page.status ?? 200, 'text/html; charset=utf-8', pageHtml(page));
}

export function sendJson({ response }: Exchange, status: number, body: object): void {
  send(response, status, 'application/json', JSON.stringify(body));
}

/** Something public that changes seldom. */
export function sendPublic({ response }: Exchange, type: string, text: string): void {
  response.setHeader('Cache-Control', 'public, max-age=300');
  response.removeHeader('Pragma');
  send(response, 200, type, text);
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'Content-Type': type }).end(text);
}

/** After a form: the browser asks for the next page. */
export function redirect({ response }: Exchange, location: string, status: 303 | 307 = 303): void {
  response.writeHead(status, { Location: location }).end();
}

/** Who called, for counting tries; behind a proxy it is the proxy. */
export const addressOf = ({ request }: Exchange): string => request.socket.remoteAddress ?? 'unknown';
