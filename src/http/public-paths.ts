/** What is told to everybody: what this server is and how to get access (SMART App Launch 2.2, conformance.html#using-well-known). */
import type { ServerResponse } from 'node:http';
import { notServed } from '../fhir/error.ts';

const METADATA = '/metadata';
const SMART_CONFIGURATION = '/.well-known/smart-configuration';

const pathOnly = (url: string): string => url.split('?', 1)[0] ?? '';

/** Whether the path below the FHIR base may be read without a token. Compared as it is written, so that no other spelling is. */
export function isPublic(url: string): boolean {
  const path = pathOnly(url);
  return path === METADATA || path === SMART_CONFIGURATION;
}

export const isSmartConfiguration = (url: string): boolean => pathOnly(url) === SMART_CONFIGURATION;

/** JSON, whatever the client accepts. @throws FhirError 404 where there is no authorization server */
export function sendSmartConfiguration(response: ServerResponse, configuration: object | undefined): void {
  if (!configuration) throw notServed('This server has no SMART configuration.');
  const text = JSON.stringify(configuration);
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(text)),
    'Cache-Control': 'no-cache',
    'X-Content-Type-Options': 'nosniff',
  };
  response.writeHead(200, headers).end(text);
}
