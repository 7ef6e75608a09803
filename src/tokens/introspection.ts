/** Tokens checked by asking their issuer (RFC 7662; SMART App Launch 2.2, token-introspection.html): what it answers counts, never what the token says. */

import { invalidToken } from '../fhir/error.ts';
import { isObject, type JsonObject } from '../fhir/resource-content.ts';
import type { Clock, Introspect, Issuer } from './issuer.ts';
import { fetchJson } from './outbound.ts';
import { NOT_VALID } from './verify-jwt.ts';

export interface IntrospectionClient {
  readonly url: string;
  readonly clientId: string;
  readonly secret: string;
}

/** Asks with the client's own credentials (RFC 6749, section 2.3.1). */
export const introspectWith =
  ({ url, clientId, secret }: IntrospectionClient): Introspect =>
  (token) => {
    const credentials = [clientId, secret].map(encodeURIComponent).join(':');
    const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    return fetchJson({ url, form: new URLSearchParams({ token }), headers: { authorization } });
  };

/** The issuer can't be asked now: that says nothing about a token. */
export class IssuerUnavailable extends Error {}

/** The claims of a token that counts. @throws FhirError 401, IssuerUnavailable */
export async function introspectToken(
  token: string,
  { issuer, introspect, now }: { readonly issuer: Issuer; readonly introspect: Introspect; readonly now: Clock },
): Promise<JsonObject> {
  const answer = await introspect(token).catch((cause) => {
    throw new IssuerUnavailable('The issuer cannot be asked about a token.', { cause });
  });
  if (!isObject(answer) || typeof answer['active'] !== 'boolean') {
    throw new IssuerUnavailable('The issuer gave no answer about a token.');
  }
  const seconds = Math.floor(now() / 1000);
  if (!answer['active'] || !isAcceptable(answer, issuer, seconds)) throw invalidToken('unknown', NOT_VALID);
  // The instant of issue is optional in an answer; nothing but the age of the token would hang on it.
  return { iat: seconds, ...answer, iss: issuer.issuer };
}

function isAcceptable(answer: JsonObject, issuer: Issuer, seconds: number): boolean {
  const { iss, aud, token_type: type, cnf } = answer;
  const audiences = [aud ?? []].flat();
  const isOurs = audiences.some((audience) => issuer.audiences.includes(audience as string));
  if (!isOurs || audiences.length > issuer.mostAudiences || (iss !== undefined && iss !== issuer.issuer)) return false;
  const isBearer = type === undefined || (typeof type === 'string' && type.toLowerCase() === 'bearer');
  return isBearer && cnf === undefined && isInTime(answer, issuer.clockTolerance, seconds);
}

function isInTime({ exp, nbf }: JsonObject, tolerance: number, seconds: number): boolean {
  if (typeof exp !== 'number' || exp <= seconds - tolerance) return false;
  return nbf === undefined || (typeof nbf === 'number' && nbf <= seconds + tolerance);
}
