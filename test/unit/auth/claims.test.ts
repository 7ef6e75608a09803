/** What is taken from a token's claims, and what makes a token unusable. */
import { describe, expect, it } from 'vitest';
import { ACCESS_TOKEN_HEADER, type AccessTokenClaims, OWN_CLAIM_NAMES, readClaims } from '../../../src/auth/claims.ts';

const claims: AccessTokenClaims = {
  iss: 'https://issuer.example',
  sub: 'user-1',
  aud: 'https://iis.example/fhir',
  client_id: 'app',
  scope: 'patient/Immunization.rs',
  jti: 'token-1',
  iat: 100,
  exp: 1000,
  grant: 'grant-1',
  patient: 'p1',
  fhirUser: 'Patient/p1',
};
const read = (changes: object) => readClaims({ ...claims, ...changes }, OWN_CLAIM_NAMES);

describe('claims of an access token', () => {
  it('are read one by one', () => {
    expect(read({ admin: true })).toEqual({
      issuer: 'https://issuer.example',
      subject: 'user-1',
      clientId: 'app',
      scope: 'patient/Immunization.rs',
      tokenId: 'token-1',
      grant: 'grant-1',
      patient: { id: 'p1' },
      fhirUser: 'Patient/p1',
      issuedAt: 100,
      expiresAt: 1000,
    });
  });

  it('are found under the names that an issuer has for them', () => {
    const names = { ...OWN_CLAIM_NAMES, client_id: 'azp', grant: 'sid' };
    const keycloak = readClaims({ ...claims, client_id: undefined, azp: 'ehr', sid: 's-1' }, names);
    expect(keycloak).toMatchObject({ clientId: 'ehr', grant: 's-1' });
  });

  it.each([
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a list of issuers', { iss: ['https://issuer.example'] }],
    ['no client', { client_id: undefined }],
    ['an expiry that is text', { exp: '1000' }],
    ['no instant of issue', { iat: undefined }],
    ['an instant that is no number', { iat: Number.NaN }],
    ['a scope that is a number', { scope: 7 }],
    ['a scope that is a list', { scope: ['patient/*.rs'] }],
    ['an id of the token that is no text', { jti: { $ne: 1 } }],
    ['a grant that is no text', { grant: 1 }],
  ])('are unusable with %s (TOK-02, TOK-24)', (_what, changes) => {
    expect(read(changes)).toBeUndefined();
  });

  it.each([{ $ne: 1 }, ['p1'], 'Patient/p1', 'x'.repeat(65), '', 7])('name no patient by %j (TOK-23)', (patient) => {
    expect(read({ patient })?.patient).toBe('malformed');
  });

  it('of names that objects have by themselves don’t count (TOK-15)', () => {
    const payload = JSON.parse(JSON.stringify(claims).replace('"patient":', '"__proto__":'));
    const inherited = { ...OWN_CLAIM_NAMES, patient: 'constructor', fhirUser: 'toString' };
    expect(readClaims(payload, inherited)).toMatchObject({ patient: undefined, fhirUser: undefined });
  });

  it('leave the scope empty where there is none', () => {
    expect(read({ scope: undefined })?.scope).toBe('');
  });

  it('stand in tokens whose type is told from an id token', () => {
    expect(ACCESS_TOKEN_HEADER.typ).toBe('at+jwt');
  });
});
