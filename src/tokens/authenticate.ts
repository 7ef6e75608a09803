/**
 * From the request's token to who asks (RFC 6750; RFC 9068). A token that was verified is remembered for half a minute,
 * and who is behind it for a few seconds, never past its expiry; whether it was revoked is looked at on every request.
 */
import { type PrincipalAccess, principalAccess } from '../auth/access-context.ts';
import { readClaims, type VerifiedClaims } from '../auth/claims.ts';
import { type Principal, type ReadConstraint, usableScopes } from '../auth/principal.ts';
import { type IsResourceType, parseScopes } from '../auth/scope.ts';
import { type Directory, findSubject, type KnownSubject } from '../auth/subject.ts';
import { FhirError, invalidToken, unavailable } from '../fhir/error.ts';
import { bearerToken, type Credentials, isJwt, namedIssuer } from './bearer.ts';
import { IssuerUnavailable, introspectToken } from './introspection.ts';
import type { Clock, Issuer } from './issuer.ts';
import { createKeySet, type KeySet, KeysUnavailable } from './key-set.ts';
import { type Revocations, revocationKey } from './revocations.ts';
import { createTokenCache } from './token-cache.ts';
import { NOT_VALID, verifyJwt } from './verify-jwt.ts';

export interface Authentication {
  readonly issuers: readonly Issuer[];
  /** This server's FHIR base URL, without a slash at its end. */
  readonly baseUrl: string;
  readonly directory: Directory;
  readonly revocations: Revocations;
  readonly readConstraint: ReadConstraint;
  readonly isResourceType: IsResourceType;
  readonly now: Clock;
}

export interface Authenticator {
  /** @throws FhirError 400, 401, 503 */
  authenticate(credentials: Credentials): Promise<PrincipalAccess>;
  /** Whether tokens can be checked now; fetches keys that are due. */
  isReady(): Promise<boolean>;
}

const VERIFIED_MS = 30_000;
const SUBJECT_MS = 4000;
const RETRY_AFTER_SECONDS = 5;

/** A token that counts. */
interface Verified {
  readonly claims: VerifiedClaims;
  readonly issuer: Issuer;
  readonly revocationKeys: readonly string[];
  /** Until when it need not be verified again. */
  readonly until: number;
}

interface Known {
  readonly verified: Verified;
  readonly access: PrincipalAccess;
  /** Until when the access is what the registry says. */
  readonly accessUntil: number;
}

export function createAuthenticator(authentication: Authentication): Authenticator {
  const { issuers, revocations, now } = authentication;
  const keySets = new Map(
    issuers.flatMap((issuer) =>
      issuer.check.kind === 'keys' ? [[issuer.issuer, createKeySet(issuer.check.load, now)] as const] : [],
    ),
  );
  const cache = createTokenCache<Known>();
  const pending = new Map<string, Promise<Known>>();
  const renew = async (token: string, known: Known | undefined): Promise<Known> => {
    const verified =
      known && known.verified.until > now() ? known.verified : await verify(token, authentication, keySets);
    if (revocations.has(verified.revocationKeys)) throw invalidToken('unknown', NOT_VALID);
    const fresh = await findAccess(verified, authentication);
    cache.set(token, fresh);
    return fresh;
  };
  /** Requests that come at the same moment with one token wait for one verification. */
  const renewOnce = (token: string, known: Known | undefined): Promise<Known> => {
    const running = pending.get(token);
    if (running) return running;
    const renewal = renew(token, known).finally(() => pending.delete(token));
    pending.set(token, renewal);
    return renewal;
  };
  return {
    authenticate: async (credentials) => {
      const token = bearerToken(credentials);
      const known = cache.get(token);
      const isCurrent = known !== undefined && known.verified.until > now() && known.accessUntil > now();
      const { verified, access } = isCurrent ? known : await renewOnce(token, known).catch(translate);
      if (revocations.has(verified.revocationKeys)) throw invalidToken('unknown', NOT_VALID);
      return access;
    },
    isReady: async () => (await Promise.all([...keySets.values()].map((keys) => keys.refresh()))).every(Boolean),
  };
}

/** A key set for each issuer that signs. */
type KeySets = ReadonlyMap<string, KeySet>;

async function verify(token: string, authentication: Authentication, keySets: KeySets): Promise<Verified> {
  const { issuers, now } = authentication;
  const issuer = issuerOf(token, issuers);
  if (!issuer) throw invalidToken('unknown', NOT_VALID);
  const claims = readClaims(await payloadOf(token, issuer, { keySets, now }), issuer.claimNames);
  if (!claims) throw invalidToken('unknown', NOT_VALID);
  const { tokenId, grant, expiresAt } = claims;
  const named = issuer.issuer;
  const revocationKeys = [
    ...(tokenId === undefined ? [] : [revocationKey({ issuer: named, tokenId })]),
    ...(grant === undefined ? [] : [revocationKey({ issuer: named, grant })]),
  ];
  return { claims, issuer, revocationKeys, until: Math.min(now() + VERIFIED_MS, expiresAt * 1000) };
}

function issuerOf(token: string, issuers: readonly Issuer[]): Issuer | undefined {
  if (!isJwt(token)) return issuers.find(({ check }) => check.kind === 'introspection' && check.opaque);
  const named = namedIssuer(token);
  return issuers.find(({ issuer }) => issuer === named);
}

function payloadOf(
  token: string,
  issuer: Issuer,
  { keySets, now }: { readonly keySets: KeySets; readonly now: Clock },
): Promise<Readonly<Record<string, unknown>>> {
  const { check } = issuer;
  if (check.kind === 'introspection') return introspectToken(token, { issuer, introspect: check.introspect, now });
  const keys = keySets.get(issuer.issuer);
  return keys ? verifyJwt(token, { issuer, keys, now }) : Promise.reject(invalidToken('unknown', NOT_VALID));
}

async function findAccess(verified: Verified, authentication: Authentication): Promise<Known> {
  const { claims } = verified;
  const { subject, until } = await subjectOf(verified, authentication);
  const isUsable = claims.patient !== 'malformed';
  const principal: Principal = {
    issuer: claims.issuer,
    clientId: claims.clientId,
    subjectId: claims.subject,
    subject,
    patient: subject?.kind !== 'client' && isUsable ? claims.patient?.id : undefined,
    scopes: isUsable
      ? usableScopes(parseScopes(claims.scope, authentication.isResourceType), authentication.readConstraint)
      : [],
  };
  const accessUntil = Math.min(authentication.now() + SUBJECT_MS, until);
  return { verified, access: principalAccess(principal), accessUntil };
}

const FOR_NOW = Number.POSITIVE_INFINITY;

async function subjectOf({ claims, issuer }: Verified, authentication: Authentication): Promise<KnownSubject> {
  const { clientId, fhirUser, patient } = claims;
  if (claims.subject === clientId || issuer.backendClients.has(clientId)) {
    return { subject: { kind: 'client' }, until: FOR_NOW };
  }
  const { directory, baseUrl, now } = authentication;
  if (fhirUser !== undefined) return findSubject(directory, { fhirUser, baseUrl, now: now() });
  const isTheirOwn = issuer.withoutFhirUser === 'patient-in-context' && patient && patient !== 'malformed';
  return { subject: isTheirOwn ? { kind: 'individual', patients: [patient.id] } : undefined, until: FOR_NOW };
}

/** What can't be known now is 503: a client would throw away a good token for a 401. */
function translate(error: unknown): never {
  if (error instanceof FhirError) throw error;
  if (error instanceof KeysUnavailable || error instanceof IssuerUnavailable) {
    throw unavailable('Access tokens cannot be checked at the moment.', RETRY_AFTER_SECONDS);
  }
  throw error;
}
