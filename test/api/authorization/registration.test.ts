/** Clients that register themselves (RFC 7591), behind a switch. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  APP_REDIRECT,
  type AuthorizationTestServer,
  answerIn,
  askAuthorization,
  generateTestKey,
  startAuthorizationServer,
} from '../../support/authorization.ts';

let open: AuthorizationTestServer;
let guarded: AuthorizationTestServer;
let closed: AuthorizationTestServer;
const TOKEN = 'an-initial-access-token-of-some-length';

beforeAll(async () => {
  [open, guarded, closed] = await Promise.all([
    startAuthorizationServer({ registration: 'open' }),
    startAuthorizationServer({ registration: { token: TOKEN } }),
    startAuthorizationServer(),
  ]);
});
afterAll(() => Promise.all([open, guarded, closed].map((server) => server.close())));

const APP = { redirect_uris: [APP_REDIRECT], token_endpoint_auth_method: 'none', client_name: 'New' };

async function register(server: AuthorizationTestServer, metadata: object, headers: Record<string, string> = {}) {
  const body = JSON.stringify(metadata);
  const all = { 'content-type': 'application/json', ...headers };
  const response = await fetch(`${server.issuer}/register`, { method: 'POST', headers: all, body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('AS-17 registration', () => {
  it('is served where it is switched on', async () => {
    expect((await register(closed, APP)).status).toBe(404);
    const { body } = { body: await (await fetch(`${open.fhirBase}/.well-known/smart-configuration`)).json() };
    expect(body).toHaveProperty('registration_endpoint', `${open.issuer}/register`);
  });

  it('gives an app an id of the server’s choice, with which it can ask', async () => {
    const { status, body } = await register(open, { ...APP, client_id: 'public-app' });
    expect(status).toBe(201);
    expect(body['client_id']).not.toBe('public-app');
    const page = await open.browser().open(askAuthorization(open, { client: `${body['client_id']}` }).url);
    expect(page.text).toContain('The app <strong>New</strong>');
  });

  it('gives an app with a secret one that nobody chose', async () => {
    const { token_endpoint_auth_method, ...app } = APP;
    const { body } = await register(open, { ...app, client_secret: 'mine'.repeat(20) });
    expect(`${body['client_secret']}`.length).toBeGreaterThanOrEqual(43);
    expect(body['client_secret']).not.toContain('mine');
    expect(body['client_secret_expires_at']).toBe(0);
  });

  it.each([
    ['http elsewhere', 'http://app.example.org/cb'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/html,x'],
    ['a file', 'file:///etc/passwd'],
    ['a fragment', 'https://app.example.org/cb#x'],
    ['a wildcard', 'https://*.example.org/cb'],
    ['user information', 'https://me@app.example.org/cb'],
    ['no URL', 'callback'],
    ['a scheme without a domain', 'myapp:/cb'],
  ])('refuses a redirect address with %s', async (_name, uri) => {
    const { status, body } = await register(open, { ...APP, redirect_uris: [uri] });
    expect(status).toBe(400);
    expect(body['error']).toBe('invalid_redirect_uri');
  });

  it.each(['http://localhost:3000/cb', 'http://127.0.0.1/cb', 'com.example.app:/cb'])(
    'takes %s, of an app on the own machine',
    async (uri) => {
      expect((await register(open, { ...APP, redirect_uris: [uri] })).status).toBe(201);
    },
  );

  it.each([
    'http://keys.example.org/jwks',
    'https://169.254.169.254/latest',
    'https://10.0.0.1/jwks',
    'https://[fd00::1]/jwks',
    'https://metadata.internal/jwks',
    'https://intranet/jwks',
    'https://127.0.0.1.nip.io:x/jwks',
  ])('refuses keys at %s', async (jwks_uri) => {
    const app = { ...APP, token_endpoint_auth_method: 'private_key_jwt', jwks_uri };
    const { status, body } = await register(open, app);
    expect(status).toBe(400);
    expect(body['error']).toBe('invalid_client_metadata');
  });

  it.each([
    'system/*.rs',
    'patient/*.cruds',
    'patient/Patient.write',
    'user/*.*',
    '__introspect',
    'nonsense',
    'patient/*.rs user/Patient.c',
  ])('gives nobody the right to %s whom nobody vouches for', async (scope) => {
    expect((await register(open, { ...APP, scope })).status).toBe(400);
  });

  it('asks for the token where there is one, and then registers backend services too', async () => {
    const { publicJwk } = await generateTestKey('ES384', 'k');
    const backend = {
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [publicJwk] },
      scope: 'system/*.rs',
    };
    expect((await register(guarded, backend)).status).toBe(401);
    expect((await register(guarded, backend, { authorization: 'Bearer wrong' })).status).toBe(401);
    const { status, body } = await register(guarded, backend, { authorization: `Bearer ${TOKEN}` });
    expect(status).toBe(201);
    expect(body).toMatchObject({ scope: 'system/*.rs', grant_types: ['client_credentials'] });
    expect((await register(open, backend)).status).toBe(400);
  });

  it.each([
    ['no list', { redirect_uris: 'x' }],
    ['an unknown way to prove itself', { token_endpoint_auth_method: 'client_secret_jwt' }],
    ['an unknown grant', { grant_types: ['implicit'] }],
    [
      'private keys',
      { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ kty: 'EC', kid: 'x', d: 'y' }] } },
    ],
    [
      'both keys and their address',
      { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://a.example.org', jwks: {} },
    ],
    ['an address to launch that is no web page', { launch_url: 'javascript:alert(1)' }],
  ])('refuses metadata with %s', async (_name, more) => {
    expect((await register(open, { ...APP, ...more })).status).toBe(400);
  });

  it('refuses what is no JSON object', async () => {
    expect((await register(open, [])).status).toBe(400);
    const text = { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } };
    expect((await fetch(`${open.issuer}/register`, text)).status).toBe(400);
  });

  it('is no way to take over an app that is there', async () => {
    const page = await open
      .browser()
      .open(askAuthorization(open, { params: { redirect_uri: 'https://evil.example/' } }).url);
    expect(answerIn(page).get('code')).toBeNull();
    expect(page.status).toBe(400);
  });
});
