/** What is no HTTP request, answered on the bare connection with an outcome (RFC 9112; FHIR R4, http.html#Status-Codes). */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { badRequest, type FhirError, tooLarge } from '../fhir/error.ts';
import { buildOutcome } from '../fhir/outcome.ts';
import { CONTENT_TYPES } from './negotiate.ts';

interface Unreadable {
  readonly status: number;
  readonly refusal: FhirError;
}

const NO_REQUEST: Unreadable = { status: 400, refusal: badRequest('This is not a readable HTTP/1.1 request.') };
/** By the code of the error that Node.js gives. */
const UNREADABLE: Readonly<Record<string, Unreadable>> = {
  HPE_HEADER_OVERFLOW: { status: 431, refusal: tooLarge('URL and headers are too long together; search by POST.') },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, refusal: badRequest('The request did not arrive in time.') },
};

/** Answers, then closes the connection: nobody knows where the next request would begin. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, refusal } = UNREADABLE[error.code ?? ''] ?? NO_REQUEST;
  const body = JSON.stringify(buildOutcome(refusal.issues));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${CONTENT_TYPES.json}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
