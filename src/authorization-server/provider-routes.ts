/** Requests that oidc-provider answers, made ready for it (SMART App Launch 2.2, app-launch.html; RFC 6749, 3.1). */
import { IncomingMessage } from 'node:http';
import { type Addresses, AUTHORIZATION_PATH } from './addresses.ts';
import { type Exchange, readForm, sendJson } from './exchange.ts';
import type { Parts } from './parts.ts';

/** Parameters of an authorization request that mean the same; SMART says `aud`. */
const AUDIENCE_SYNONYM = 'resource';

/**
 * `GET` and `POST /authorize`: a posted form is taken as the query that it stands for, so that both go one way, and
 * without the login of this browser where another site posted it.
 */
export async function authorize(parts: Parts, exchange: Exchange): Promise<void> {
  const { request, query, path } = exchange;
  const asked = request.method === 'POST' ? await readForm(exchange) : query;
  const params = new URLSearchParams(asked);
  if (!params.has('aud') && params.has(AUDIENCE_SYNONYM)) params.set('aud', params.get(AUDIENCE_SYNONYM) ?? '');
  params.set('resource', parts.addresses.fhirBase);
  // A person decides each time, and without this oidc-provider would pass over offline_access.
  const prompt = params.get('prompt');
  if (prompt !== 'none' && !prompt?.split(' ').includes('consent')) {
    params.set('prompt', prompt ? `${prompt} consent` : 'consent');
  }
  request.method = 'GET';
  request.url = `${path}?${params}`;
  await callProvider(parts, exchange);
}

/** `POST /token`: always answered in JSON, and to web pages of registered apps only. */
export async function token(parts: Parts, exchange: Exchange): Promise<void> {
  if (!admitsOrigin(parts, exchange)) {
    const description = 'no app of this origin is registered';
    return sendJson(exchange, 403, { error: 'invalid_request', error_description: description });
  }
  const form = await readForm(exchange);
  await nameClient(parts, exchange, form);
  await callProvider(parts, { ...exchange, request: withBody(exchange.request, `${form}`) });
}

/** Some public apps, those with the SMART JS client too, say who they are by their refresh token alone. */
async function nameClient({ current, clients }: Parts, { request }: Exchange, form: URLSearchParams): Promise<void> {
  const says = request.headers.authorization !== undefined || form.has('client_id') || form.has('client_assertion');
  if (says || form.get('grant_type') !== 'refresh_token') return;
  const found = await current().provider.RefreshToken.find(form.get('refresh_token') ?? '', { ignoreExpiration: true });
  const client = await clients.find(found?.clientId ?? '');
  if (client?.authentication.method === 'none') form.set('client_id', client.id);
}

/** The request with a body that can be read once more. */
function withBody(request: IncomingMessage, text: string): IncomingMessage {
  const copy = new IncomingMessage(request.socket);
  const { method, url } = request;
  const length = String(Buffer.byteLength(text));
  const { 'transfer-encoding': _, ...headers } = request.headers;
  Object.assign(copy, { method, url, headers: { ...headers, accept: 'application/json', 'content-length': length } });
  copy.push(text);
  copy.push(null);
  // Else it would be taken for one that broke off, and end the connection.
  copy.complete = true;
  return copy;
}

/** Web pages may call where an app of their origin is registered (Fetch Standard, CORS protocol); there are no cookies in it. */
export function admitsOrigin({ clients, addresses }: Parts, { request, response }: Exchange): boolean {
  const { origin } = request.headers;
  response.setHeader('Vary', 'Origin');
  if (origin === undefined || origin === addresses.origin) return true;
  if (!clients.isAppOrigin(origin)) return false;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Expose-Headers', 'WWW-Authenticate');
  return true;
}

/** `OPTIONS` before a web page's call. */
export function preflight(parts: Parts, exchange: Exchange): void {
  const { response } = exchange;
  if (admitsOrigin(parts, exchange)) {
    response.setHeader('Access-Control-Allow-Methods', 'POST');
    response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type');
    response.setHeader('Access-Control-Max-Age', '3600');
  }
  response.writeHead(204).end();
}

/** Hands the request on, as what it is at this server's public address: what it says of host and scheme doesn't count. */
export async function callProvider({ current, addresses }: Parts, { request, response }: Exchange): Promise<void> {
  Object.assign(request.headers, publicHeaders(addresses));
  delete request.headers['x-forwarded-host'];
  Object.assign(request, { originalUrl: `${AUTHORIZATION_PATH}${request.url}` });
  await current().provider.callback()(request, response);
}

export function publicHeaders({ origin }: Addresses): { readonly host: string; readonly 'x-forwarded-proto': string } {
  const { host, protocol } = new URL(origin);
  return { host, 'x-forwarded-proto': protocol.slice(0, -1) };
}
