/** JSON Web Tokens as access tokens (RFC 9068, section 4; RFC 8725): every claim that can be checked is. */
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { invalidToken } from '../fhir/error.ts';
import type { Clock, Issuer } from './issuer.ts';
import type { KeySet } from './key-set.ts';

interface Verification {
  readonly issuer: Issuer;
  readonly keys: KeySet;
  readonly now: Clock;
}

export const NOT_VALID = 'The access token is not valid here.';
const EXPIRED = 'The access token has expired.';

/** What a token that counts says. @throws FhirError 401, KeysUnavailable */
export async function verifyJwt(token: string, { issuer, keys, now }: Verification): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys.find, {
      issuer: issuer.issuer,
      audience: [...issuer.audiences],
      algorithms: [...issuer.algorithms],
      typ: issuer.tokenType,
      requiredClaims: ['exp', 'iat', 'sub', ...Object.keys(issuer.requiredClaims)],
      maxTokenAge: issuer.longestLifetime,
      clockTolerance: issuer.clockTolerance,
      currentDate: new Date(now()),
    });
    if (!isAcceptable(payload, issuer)) throw invalidToken('unknown', NOT_VALID);
    return payload;
  } catch (error) {
    throw translated(error);
  }
}

/** What jose doesn't look at. */
function isAcceptable(payload: JWTPayload, issuer: Issuer): boolean {
  const { exp = Number.POSITIVE_INFINITY, iat = 0, aud, cnf } = payload;
  if (exp - iat > issuer.longestLifetime) return false;
  if (Array.isArray(aud) && aud.length > issuer.mostAudiences) return false;
  // Bound to a key or certificate of the client, which is not checked here: then it must not count as a bearer token.
  if (cnf !== undefined) return false;
  return Object.entries(issuer.requiredClaims).every(([name, value]) => payload[name] === value);
}

/** jose tells what is wrong in detail; whoever brings a token learns only whether to get a new one. */
function translated(error: unknown): unknown {
  if (error instanceof errors.JWTExpired && error.claim === 'exp') return invalidToken('expired', EXPIRED);
  return error instanceof errors.JOSEError || error instanceof TypeError ? invalidToken('unknown', NOT_VALID) : error;
}
