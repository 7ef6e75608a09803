/** Where the authorization server and its endpoints are (SMART App Launch 2.2, conformance.html). */
import { isLoopback } from './client-metadata.ts';

/** The path below which it is served, beside FHIR. */
export const AUTHORIZATION_PATH = '/auth';

export interface Addresses {
  readonly issuer: string;
  readonly origin: string;
  /** The FHIR base URL: what access tokens are for. */
  readonly fhirBase: string;
  /** What a client may write as `aud`: the base, by each name that this machine has for itself where it is only served here. */
  readonly audiences: readonly string[];
  readonly isOnLoopback: boolean;
  /** An endpoint's URL by its path: `/token`. */
  url(path: string): string;
}

/** @param fhirBase without a slash at its end */
export function addressesOf(fhirBase: string): Addresses {
  const { origin, hostname } = new URL(fhirBase);
  const issuer = `${origin}${AUTHORIZATION_PATH}`;
  const isOnLoopback = isLoopback(hostname);
  const names = isOnLoopback ? ['localhost', '127.0.0.1', '[::1]'] : [];
  const audiences = [...new Set([fhirBase, ...names.map((name) => withHost(fhirBase, name))])];
  return { issuer, origin, fhirBase, audiences, isOnLoopback, url: (path) => `${issuer}${path}` };
}

function withHost(base: string, hostname: string): string {
  const url = new URL(base);
  url.hostname = hostname;
  return url.href;
}
