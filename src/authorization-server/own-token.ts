/** Access tokens of this issuer, read and made without oidc-provider (RFC 9068). */
import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, importJWK, jwtVerify, SignJWT } from 'jose';
import { ACCESS_TOKEN_HEADER, type AccessTokenClaims } from '../auth/claims.ts';
import type { Addresses } from './addresses.ts';
import { publicJwk, type SigningKey } from './signing-keys.ts';

type Issuer = Pick<Addresses, 'issuer' | 'fhirBase'>;

/** The claims of a token that this issuer signed for this server and that has not ended; else undefined. */
export async function readOwnToken(
  token: string,
  keys: readonly SigningKey[],
  { issuer, fhirBase }: Issuer,
): Promise<AccessTokenClaims | undefined> {
  const { typ, alg } = ACCESS_TOKEN_HEADER;
  const rules = { issuer, audience: fhirBase, typ, algorithms: [alg], requiredClaims: ['jti', 'scope', 'client_id'] };
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: keys.map(publicJwk) }), rules);
    return payload as unknown as AccessTokenClaims;
  } catch {
    return undefined;
  }
}

export type TokenSubject = Pick<AccessTokenClaims, 'sub' | 'client_id' | 'scope' | 'patient' | 'fhirUser' | 'grant'>;

/** Signs a token of that many seconds. @throws Error where there is no key for access tokens. */
export async function signOwnToken(
  subject: TokenSubject,
  keys: readonly SigningKey[],
  { issuer, fhirBase, seconds }: Issuer & { readonly seconds: number },
): Promise<string> {
  const key = keys.find(({ alg }) => alg === ACCESS_TOKEN_HEADER.alg);
  if (!key) throw new Error('There is no key to sign access tokens with.');
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ ...subject })
    .setProtectedHeader({ ...ACCESS_TOKEN_HEADER, kid: key.kid })
    .setIssuer(issuer)
    .setAudience(fhirBase)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + seconds)
    .sign(await importJWK(key.jwk, key.alg));
}
