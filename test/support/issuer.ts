/** An issuer of access tokens for tests: real keys, real signatures, no network. */
import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWTPayload, SignJWT } from 'jose';
import { ACCESS_TOKEN_HEADER, type AccessTokenClaims } from '../../src/auth/claims.ts';
import { type Issuer, USUAL_RULES } from '../../src/tokens/issuer.ts';
import { BASE_URL } from './jenner.ts';

export const ISSUER = 'https://issuer.example.org';

/** Claims, and for tests of what is refused also such as no issuer would write. */
export type Claims = Partial<Record<keyof AccessTokenClaims, unknown>> & Readonly<Record<string, unknown>>;

export interface TestIssuer {
  readonly issuer: Issuer;
  readonly keys: JSONWebKeySet;
  /** Signs claims over the usual ones; a claim that is undefined is left out. */
  sign(claims: Claims, header?: Readonly<Record<string, unknown>>): Promise<string>;
}

const KEY_ID = 'test-key';

export async function createTestIssuer(rules: Partial<Issuer> = {}): Promise<TestIssuer> {
  const { publicKey, privateKey } = await generateKeyPair(ACCESS_TOKEN_HEADER.alg, { extractable: true });
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: KEY_ID, alg: ACCESS_TOKEN_HEADER.alg, use: 'sig' }] };
  let count = 0;
  return {
    keys,
    issuer: {
      ...USUAL_RULES,
      issuer: ISSUER,
      check: { kind: 'keys', load: async () => keys },
      audiences: [BASE_URL],
      ...rules,
    },
    sign: (claims, header = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const usual = {
        iss: ISSUER,
        sub: 'user',
        aud: BASE_URL,
        client_id: 'app',
        scope: '',
        jti: `token-${++count}`,
        iat: now,
        exp: now + 600,
      };
      return new SignJWT({ ...usual, ...claims } as JWTPayload)
        .setProtectedHeader({ ...ACCESS_TOKEN_HEADER, kid: KEY_ID, ...header })
        .sign(privateKey);
    },
  };
}

/** The claims of who asks: a patient's app, a clinician's app launched for a patient or not, a back-end system. */
export const asPatient = (id: string, scope = 'patient/*.cruds'): Claims => ({
  sub: `patient ${id}`,
  scope,
  patient: id,
  fhirUser: `Patient/${id}`,
});
export const asStaff = (scope = 'user/*.cruds', patient?: string): Claims => ({
  sub: 'clinician',
  scope,
  fhirUser: 'Practitioner/staff',
  ...(patient === undefined ? {} : { patient }),
});
export const asSystem = (scope = 'system/*.cruds'): Claims => ({ sub: 'backend', client_id: 'backend', scope });
