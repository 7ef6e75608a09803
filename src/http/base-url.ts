/** The FHIR base URL as a client knows it (FHIR R4, http.html#root). */
import type { IncomingMessage } from 'node:http';
import { FHIR_PATH } from './fhir-path.ts';

/** As the client wrote it; a Host that is no host name is not repeated. */
export function connectedBase({ headers }: IncomingMessage): string {
  const host = /^[\w.:[\]-]{1,255}$/.exec(headers.host ?? '')?.[0] ?? 'localhost';
  return `http://${host}${FHIR_PATH}`;
}
