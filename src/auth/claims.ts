/** The claims of an access token (RFC 9068, section 2.2; SMART App Launch 2.2, scopes-and-launch-context.html): what our own issuer writes and the server reads. */
import { isLogicalId } from '../fhir/resource-content.ts';

/** How our own issuer signs: the header's `typ` and `alg`. */
export const ACCESS_TOKEN_HEADER = { typ: 'at+jwt', alg: 'ES256' } as const;

/** What our own issuer writes, and the server takes from any issuer, there perhaps under other names. */
export interface AccessTokenClaims {
  /** The issuer's identifier, compared as it stands. */
  readonly iss: string;
  /** The user, or the client itself where there is no user: then it equals `client_id`. */
  readonly sub: string;
  /** This server's FHIR base URL. */
  readonly aud: string;
  readonly client_id: string;
  /** Space-separated. */
  readonly scope: string;
  /** Names this token, for revocation. */
  readonly jti: string;
  /** Seconds since 1970. */
  readonly iat: number;
  readonly exp: number;
  /** Names what the user granted to the client: revoking it ends every token made of it. */
  readonly grant?: string;
  /** Logical id of the patient in context. */
  readonly patient?: string;
  /** The user's own resource, `Practitioner/1`, relative or below this server's base. */
  readonly fhirUser?: string;
}

/** The claims that an issuer may call otherwise. */
export type ClaimNames = Readonly<Record<'client_id' | 'scope' | 'patient' | 'fhirUser' | 'grant', string>>;

export const OWN_CLAIM_NAMES: ClaimNames = {
  client_id: 'client_id',
  scope: 'scope',
  patient: 'patient',
  fhirUser: 'fhirUser',
  grant: 'grant',
};

/** What a verified token says, whichever issuer it is from. */
export interface VerifiedClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly clientId: string;
  /** Empty where the token has none. */
  readonly scope: string;
  readonly tokenId: string | undefined;
  readonly grant: string | undefined;
  /** Undefined where there is none; `malformed` where the claim is no logical id. */
  readonly patient: { readonly id: string } | 'malformed' | undefined;
  readonly fhirUser: string | undefined;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

type Payload = Readonly<Record<string, unknown>>;

/** Reads claim by claim, so that nothing else in a token counts. Undefined where a claim is missing or not of its type. */
export function readClaims(payload: Payload, names: ClaimNames): VerifiedClaims | undefined {
  const [issuer, subject, clientId] = [text(payload, 'iss'), text(payload, 'sub'), text(payload, names.client_id)];
  const [issuedAt, expiresAt] = [instant(payload, 'iat'), instant(payload, 'exp')];
  const scope = own(payload, names.scope) ?? '';
  if (!issuer || !subject || !clientId || typeof scope !== 'string') return undefined;
  if (issuedAt === undefined || expiresAt === undefined) return undefined;
  const [tokenId, grant] = [own(payload, 'jti'), own(payload, names.grant)];
  if (!isOptionalText(tokenId) || !isOptionalText(grant)) return undefined;
  const fhirUser = text(payload, names.fhirUser);
  const patient = readPatient(own(payload, names.patient));
  return { issuer, subject, clientId, scope, tokenId, grant, patient, fhirUser, issuedAt, expiresAt };
}

const own = (payload: Payload, name: string): unknown => (Object.hasOwn(payload, name) ? payload[name] : undefined);

function text(payload: Payload, name: string): string | undefined {
  const value = own(payload, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function instant(payload: Payload, name: string): number | undefined {
  const value = own(payload, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

const isOptionalText = (value: unknown): value is string | undefined =>
  value === undefined || (typeof value === 'string' && value !== '');

function readPatient(value: unknown): VerifiedClaims['patient'] {
  if (value === undefined) return undefined;
  return typeof value === 'string' && isLogicalId(value) ? { id: value } : 'malformed';
}
