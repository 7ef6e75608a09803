/** What apps find out, and which web pages may ask (SMART App Launch 2.2, conformance.html; OpenID Connect Discovery). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthorizationTestServer, startAuthorizationServer } from '../../support/authorization.ts';

let server: AuthorizationTestServer;
beforeAll(async () => {
  server = await startAuthorizationServer();
});
afterAll(() => server.close());

const APP_ORIGIN = 'https://app.example.org';

async function readJson(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  return { response, body: (await response.json()) as Record<string, unknown> };
}
const configuration = (headers = {}) => readJson(`${server.fhirBase}/.well-known/smart-configuration`, headers);

describe('smart-configuration', () => {
  it.each(['application/json', 'text/html', 'application/fhir+xml', 'image/png'])(
    'DIS-01 is JSON for who accepts %s',
    async (accept) => {
      const { response, body } = await configuration({ accept });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      for (const [name, value] of Object.entries(body)) {
        if (/endpoint$|_uri$|^issuer$/.test(name)) expect(value).toMatch(/^https?:\/\//);
      }
      for (const name of ['authorization_endpoint', 'token_endpoint', 'capabilities', 'grant_types_supported']) {
        expect(body).toHaveProperty(name);
      }
    },
  );

  it('DIS-02 names S256 alone, and the grants that there are', async () => {
    const { body } = await configuration();
    expect(body['code_challenge_methods_supported']).toEqual(['S256']);
    expect(body['grant_types_supported']).toEqual(
      expect.arrayContaining(['authorization_code', 'refresh_token', 'client_credentials']),
    );
    expect(body['grant_types_supported']).not.toContain('implicit');
  });

  it('DIS-03 names the issuer of OpenID Connect, which names itself', async () => {
    const { body } = await configuration();
    expect(body['capabilities']).toContain('sso-openid-connect');
    const { body: openId } = await readJson(`${body['issuer']}/.well-known/openid-configuration`);
    expect(openId['issuer']).toBe(body['issuer']);
    expect(openId['jwks_uri']).toBe(body['jwks_uri']);
    expect(openId['id_token_signing_alg_values_supported']).toContain('RS256');
    for (const name of [
      'authorization_endpoint',
      'token_endpoint',
      'response_types_supported',
      'subject_types_supported',
    ]) {
      expect(openId).toHaveProperty(name);
    }
  });

  it('DIS-04 claims what this folder proves, and nothing else', async () => {
    const { body } = await configuration();
    expect(body['capabilities']).toEqual([
      'launch-ehr',
      'launch-standalone',
      'authorize-post',
      'client-public',
      'client-confidential-symmetric',
      'client-confidential-asymmetric',
      'sso-openid-connect',
      'context-banner',
      'context-style',
      'context-ehr-patient',
      'context-standalone-patient',
      'permission-offline',
      'permission-online',
      'permission-patient',
      'permission-user',
      'permission-v1',
      'permission-v2',
    ]);
  });

  it('names endpoints that are there', async () => {
    const { body } = await configuration();
    for (const name of ['token_endpoint', 'introspection_endpoint', 'revocation_endpoint']) {
      const response = await fetch(`${body[name]}`, { method: 'POST', body: new URLSearchParams() });
      expect([400, 401]).toContain(response.status);
    }
    expect((await fetch(`${body['management_endpoint']}`)).status).toBe(200);
    expect(body['registration_endpoint']).toBeUndefined();
  });

  it('shows the keys in public only', async () => {
    const { body } = await readJson(`${server.issuer}/jwks`);
    const keys = body['keys'] as Record<string, unknown>[];
    expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'RS256']);
    for (const key of keys) {
      expect(key).toHaveProperty('kid');
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(key).not.toHaveProperty(secret);
    }
    expect(keys.find(({ kty }) => kty === 'RSA')).toHaveProperty('n');
  });

  it('is the same whatever a request says of host and scheme', async () => {
    const forged = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    const { body } = await readJson(`${server.issuer}/.well-known/openid-configuration`, forged);
    expect(JSON.stringify(body)).not.toContain('evil');
    const query = '/authorize?client_id=public-app&response_type=code';
    const answer = await fetch(`${server.issuer}${query}`, { headers: forged, redirect: 'manual' });
    expect(`${answer.headers.get('location')}${await answer.text()}`).not.toContain('evil');
  });
});

describe('web pages of other origins', () => {
  const preflight = (url: string, origin: string, method: string) =>
    fetch(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method } });

  it('DIS-05 may read what is public, wherever they are from', async () => {
    const paths = [`${server.fhirBase}/.well-known/smart-configuration`, `${server.fhirBase}/metadata`];
    const all = [...paths, `${server.issuer}/.well-known/openid-configuration`, `${server.issuer}/jwks`];
    for (const url of all) {
      const { headers } = await fetch(url, { headers: { origin: 'https://anybody.example' } });
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it('DIS-05 may call tokens and FHIR where an app of theirs is registered', async () => {
    for (const url of [`${server.issuer}/token`, `${server.fhirBase}/Patient`]) {
      const allowed = await preflight(url, APP_ORIGIN, 'POST');
      expect(allowed.headers.get('access-control-allow-origin')).toBe(APP_ORIGIN);
      expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
      const refused = await preflight(url, 'https://anybody.example', 'POST');
      expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('DIS-05 get no answer of the token endpoint to read elsewhere', async () => {
    const ask = (origin: string) =>
      fetch(`${server.issuer}/token`, {
        method: 'POST',
        headers: { origin },
        body: new URLSearchParams({ client_id: 'x' }),
      });
    const stranger = await ask('https://anybody.example');
    expect(stranger.status).toBe(403);
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
    const app = await ask(APP_ORIGIN);
    expect(app.headers.get('access-control-allow-origin')).toBe(APP_ORIGIN);
  });
});
