/** Whose access tokens count here, and what has to be true of them (RFC 9068, section 4; RFC 7662). */
import type { JSONWebKeySet } from 'jose';
import { ACCESS_TOKEN_HEADER, type ClaimNames, OWN_CLAIM_NAMES } from '../auth/claims.ts';

/** How the tokens of an issuer are checked. */
export type TokenCheck =
  /** JSON Web Tokens, checked with the issuer's public keys. */
  | { readonly kind: 'keys'; readonly load: LoadKeys }
  /** Tokens of any form, checked by asking the issuer. */
  | { readonly kind: 'introspection'; readonly introspect: Introspect; readonly opaque: boolean };

/** @throws where the keys can't be had now. */
export type LoadKeys = () => Promise<JSONWebKeySet>;

/** The issuer's answer about a token, as it came. @throws where there is none. */
export type Introspect = (token: string) => Promise<unknown>;

export interface Issuer {
  /** Its identifier: the `iss` of its tokens, compared character by character. */
  readonly issuer: string;
  readonly check: TokenCheck;
  /** One of them must be in `aud`. */
  readonly audiences: readonly [string, ...string[]];
  /** How many audiences a token may have: what is for everybody is not for us. */
  readonly mostAudiences: number;
  /** Signatures that count; asymmetric ones only. */
  readonly algorithms: readonly string[];
  /** The header's `typ`. */
  readonly tokenType: string;
  /** Claims that tell access tokens from others where the type doesn't. */
  readonly requiredClaims: Readonly<Record<string, string>>;
  readonly claimNames: ClaimNames;
  /** Seconds between issue and expiry, at most. */
  readonly longestLifetime: number;
  /** Seconds that clocks may differ. */
  readonly clockTolerance: number;
  /** Clients that act on their own account, beside those whose tokens say so by `sub` = `client_id`. */
  readonly backendClients: ReadonlySet<string>;
  /** Who a token without `fhirUser` is from: nobody known here, or whoever its patient is. */
  readonly withoutFhirUser: 'nobody' | 'patient-in-context';
}

/** What is asked of every issuer's tokens, where nothing else is said. */
export const USUAL_RULES = {
  mostAudiences: 3,
  algorithms: ['ES256', 'RS256', 'PS256', 'ES384', 'RS384'],
  tokenType: ACCESS_TOKEN_HEADER.typ,
  requiredClaims: {},
  claimNames: OWN_CLAIM_NAMES,
  longestLifetime: 3600,
  clockTolerance: 30,
  backendClients: new Set<string>(),
  withoutFhirUser: 'nobody',
} as const satisfies Partial<Issuer>;

/** This server's own authorization server: it decides whose patient a token is about, and names the user. */
export const ownIssuer = (issuer: string, audience: string, load: LoadKeys): Issuer => ({
  ...USUAL_RULES,
  issuer,
  check: { kind: 'keys', load },
  audiences: [audience],
  mostAudiences: 1,
  algorithms: [ACCESS_TOKEN_HEADER.alg],
  withoutFhirUser: 'patient-in-context',
});

/** Milliseconds since 1970. */
export type Clock = () => number;

/** The signatures that an issuer may be configured with: public keys only. */
export const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA'];
