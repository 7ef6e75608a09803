/** The listening socket: taken first, so that a busy port is known at once; opened to requests when there is an app. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { unavailable } from '../fhir/error.ts';
import { buildOutcome } from '../fhir/outcome.ts';
import { createExpressMessages } from './express-messages.ts';
import { CONTENT_TYPES } from './negotiate.ts';
import { refuseUnreadable } from './unreadable-request.ts';

/** How long requests in flight may take to finish when the server stops, in milliseconds. */
const DRAIN_MS = 10_000;
const SWEEP_MS = 50;
const RETRY_AFTER_SECONDS = 2;

export interface Door {
  readonly port: number;
  /** From now on requests go to the application. */
  open(app: Express): void;
  /** Takes no more connections and lets the requests in flight finish. */
  close(): Promise<void>;
}

/** @throws Error `EADDRINUSE` where another process has the port. */
export async function listen(port: number, host: string): Promise<Door> {
  let handle: RequestListener = notYet;
  const messages = createExpressMessages();
  const server = createServer(messages.options, (request, response) => handle(request, response));
  server.on('clientError', refuseUnreadable);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    open: (app) => {
      messages.adopt(app);
      handle = app;
    },
    close: () => drain(server),
  };
}

/** While the database is found, started or filled. */
const notYet: RequestListener = (request, response) => {
  if (request.url === '/livez') {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status":"live"}');
    return;
  }
  const refusal = unavailable('The server is starting.', RETRY_AFTER_SECONDS);
  const headers = { 'Content-Type': CONTENT_TYPES.json, 'Retry-After': String(RETRY_AFTER_SECONDS) };
  response.writeHead(refusal.status, headers).end(JSON.stringify(buildOutcome(refusal.issues)));
};

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const givenUp = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    // Connections that clients keep open become idle one by one, as their requests are answered.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    server.close(() => {
      clearTimeout(givenUp);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
