/** The access token of a request (RFC 6750, section 2.1): in one Authorization header and nowhere else. */
import { ambiguousCredentials, invalidToken, unauthenticated } from '../fhir/error.ts';

export interface Credentials {
  /** Name, value, name, value …, as they came: of a header that is there twice, `headers` would hide one. */
  readonly rawHeaders: readonly string[];
  /** With the query. */
  readonly url: string;
}

const MALFORMED = 'The access token is malformed.';

/** @throws FhirError 401 where there is no token, 400 where there is more than one place for it. */
export function bearerToken({ rawHeaders, url }: Credentials): string {
  const [value, ...others] = rawHeaders.filter(
    (_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  );
  if (others.length > 0) throw ambiguousCredentials('There is more than one Authorization header.');
  if (/[?&]access_token(=|&|$)/.test(url)) throw ambiguousCredentials('A token does not belong into the URL.');
  if (value === undefined) throw unauthenticated('This needs an access token: Authorization: Bearer <token>.');
  if (!/^bearer( |$)/i.test(value)) throw unauthenticated('The scheme of the Authorization header must be Bearer.');
  if (value.includes(',')) throw ambiguousCredentials('The Authorization header has more than one value.');
  const [, token] = /^bearer +([A-Za-z0-9\-._~+/]{1,16384}=*)$/i.exec(value) ?? [];
  if (token === undefined) throw invalidToken('login', MALFORMED);
  return token;
}

const JWT = /^[A-Za-z0-9_-]{1,8192}\.[A-Za-z0-9_-]{1,12288}\.[A-Za-z0-9_-]{1,2048}$/;

/** Whether it has the form of a JSON Web Token; any other is opaque. */
export const isJwt = (token: string): boolean => JWT.test(token);

/** The issuer that a JSON Web Token names, not verified: good for nothing but finding whose rules to check it by. */
export function namedIssuer(token: string): string | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const issuer = (payload as { iss?: unknown } | null)?.iss;
    return typeof issuer === 'string' ? issuer : undefined;
  } catch {
    return undefined;
  }
}
