/** The listening socket: taken first, so that a busy port is known at once; opened to requests when there is an app. */
import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { badRequest, type FhirError, tooLarge, unavailable } from '../fhir/error.ts';
import { buildOutcome } from '../fhir/outcome.ts';
import { FHIR_JSON } from './negotiate.ts';

/** How long requests in flight may take to finish when the server stops, in milliseconds. */
const DRAIN_MS = 10_000;
const SWEEP_MS = 50;
const RETRY_AFTER_SECONDS = 2;

export interface Door {
  readonly port: number;
  /** From now on requests go to the application. */
  open(app: RequestListener): void;
  /** Takes no more connections and lets the requests in flight finish. */
  close(): Promise<void>;
}

/** @throws Error `EADDRINUSE` where another process has the port. */
export async function listen(port: number, host: string): Promise<Door> {
  let handle: RequestListener = notYet;
  const server = createServer((request, response) => handle(request, response));
  server.on('clientError', refuseUnreadable);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    open: (app) => {
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
  const headers = { 'Content-Type': FHIR_JSON, 'Retry-After': String(RETRY_AFTER_SECONDS) };
  response.writeHead(refusal.status, headers).end(JSON.stringify(buildOutcome(refusal.issues)));
};

/** What is no HTTP request, told on the bare connection, which is then closed (http.html#Status-Codes). */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, refusal } = UNREADABLE[error.code ?? ''] ?? NO_REQUEST;
  const body = JSON.stringify(buildOutcome(refusal.issues));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${FHIR_JSON}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

interface Unreadable {
  readonly status: number;
  readonly refusal: FhirError;
}

const NO_REQUEST: Unreadable = { status: 400, refusal: badRequest('This is not a readable HTTP/1.1 request.') };
/** By the code of the error. */
const UNREADABLE: Readonly<Record<string, Unreadable>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    refusal: tooLarge('The URL and the headers are too long together; search by POST.'),
  },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, refusal: badRequest('The request did not arrive in time.') },
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
