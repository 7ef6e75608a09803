/** Every request below the authorization server's path, to who answers it. */
import type { IncomingMessage, RequestListener } from 'node:http';
import { isLoopback } from './client-metadata.ts';
import { type Exchange, redirect, sendJson, sendPage, setSecurityHeaders, UnreadableRequest } from './exchange.ts';
import { problemPage } from './pages/problem-page.ts';
import type { Parts } from './parts.ts';
import { publicHeaders } from './provider-routes.ts';
import { ROUTES, type Route } from './routes.ts';

/** Answers whatever comes; the URL begins after the path that this is mounted on. */
export function authorizationListener(parts: Parts): RequestListener {
  return (request, response) => {
    const url = new URL(`http://host${request.url ?? '/'}`);
    const exchange: Exchange = { request, response, path: url.pathname, query: url.searchParams };
    answer(parts, exchange).catch((error) => refuse(parts, exchange, error));
  };
}

async function answer(parts: Parts, exchange: Exchange): Promise<void> {
  const { request, response, path } = exchange;
  setSecurityHeaders(response);
  const found = ROUTES.filter((one) => one.path.test(path));
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const due = found.find((one) => one.method === method);
  if (!due) return refuseRoute(exchange, found);
  if (!due.isApi && isAtAnotherName(parts, request)) {
    return redirect(exchange, `${parts.addresses.issuer}${request.url}`, 307);
  }
  Object.assign(request.headers, publicHeaders(parts.addresses));
  await due.answer(parts, exchange);
}

/** Cookies belong to one name of a machine: who comes by 127.0.0.1 is sent to localhost, where that is the public name. */
function isAtAnotherName({ addresses }: Parts, { headers }: IncomingMessage): boolean {
  const host = headers.host ?? '';
  if (!addresses.isOnLoopback || !URL.canParse(`http://${host}`)) return false;
  return host !== new URL(addresses.origin).host && isLoopback(new URL(`http://${host}`).hostname);
}

function refuseRoute(exchange: Exchange, others: readonly Route[]): void {
  if (others.length > 0) exchange.response.setHeader('Allow', others.map(({ method }) => method).join(', '));
  const problem =
    others.length > 0
      ? { status: 405, text: 'This address is called in another way.' }
      : { status: 404, text: 'There is no such page.' };
  sendPage(exchange, problemPage(problem));
}

function refuse({ log }: Parts, exchange: Exchange, error: unknown): void {
  if (exchange.response.headersSent) {
    exchange.response.destroy();
    return;
  }
  const known = error instanceof UnreadableRequest;
  if (!known) log.error('authorization server failed', { path: exchange.path.split('/')[1], error });
  const { status, code, text } = known
    ? { status: error.status, code: 'invalid_request', text: error.message }
    : { status: 500, code: 'server_error', text: 'The server failed. Try again later.' };
  const isApi = ROUTES.some((one) => one.isApi && one.path.test(exchange.path));
  if (isApi) sendJson(exchange, status, { error: code, error_description: text });
  else sendPage(exchange, problemPage({ status, text }));
}
