/** Backend services (SMART App Launch 2.2, backend-services.html, client-confidential-asymmetric.html). */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ASSERTION_TYPE,
  type AssertionChanges,
  type AuthorizationTestServer,
  backendRequest,
  basic,
  callToken,
  generateTestKey,
  signAssertion,
  startAuthorizationServer,
  type TestKey,
} from '../../support/authorization.ts';

let server: AuthorizationTestServer;
let rsa: TestKey;
let ec: TestKey;
let host: Server;
/** What the client's key host was asked, and what it answers. */
const asked: string[] = [];
let hosted: readonly object[] = [];
let cacheControl = 'no-store';

const backend = (client_id: string, more: object) => ({
  client_id,
  grant_types: ['client_credentials'],
  token_endpoint_auth_method: 'private_key_jwt',
  scope: 'system/*.cruds',
  ...more,
});

beforeAll(async () => {
  [rsa, ec] = await Promise.all([generateTestKey('RS384', 'rsa-1'), generateTestKey('ES384', 'ec-1')]);
  host = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('Cache-Control', cacheControl);
    response.end(JSON.stringify({ keys: hosted }));
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const hostUrl = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  server = await startAuthorizationServer({
    clients: [
      backend('backend', { jwks: { keys: [rsa.publicJwk, ec.publicJwk] } }),
      backend('other', { jwks: { keys: [rsa.publicJwk] } }),
      backend('narrow', { jwks: { keys: [ec.publicJwk] }, scope: 'system/Immunization.rs system/Patient.r' }),
      backend('by-url', { jwks_uri: `${hostUrl}/keys` }),
      backend('with-secret', {
        token_endpoint_auth_method: 'client_secret_basic',
        client_secret: 'another secret that is long enough',
      }),
    ],
  });
});
afterAll(async () => {
  await server.close();
  host.close();
});

const ask = async (client: string, key: TestKey, scope: string | undefined, changes: AssertionChanges = {}) =>
  callToken(server, backendRequest(await signAssertion(server, client, key, changes), scope));
const now = () => Math.floor(Date.now() / 1000);

describe('a backend service', () => {
  it.each(['RS384', 'ES384'])(
    'BSV-01 BSV-07 gets a token of five minutes with an assertion signed with %s',
    async (alg) => {
      const { status, body, headers } = await ask('backend', alg === 'RS384' ? rsa : ec, 'system/Immunization.rs');
      expect(status).toBe(200);
      expect(body).toEqual({
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 300,
        scope: 'system/Immunization.rs',
      });
      expect(headers.get('cache-control')).toContain('no-store');
      expect(headers.get('pragma')).toBe('no-cache');
      const claims = decodeJwt(body.access_token);
      expect(claims).toMatchObject({ sub: 'backend', client_id: 'backend', aud: server.fhirBase });
      expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(300);
    },
  );

  it('reads FHIR with its token, as far as that goes', async () => {
    const { body } = await ask('backend', ec, 'system/Immunization.rs');
    const headers = { authorization: `Bearer ${body.access_token}` };
    expect((await fetch(`${server.fhirBase}/Immunization/ben-mmr`, { headers })).status).toBe(200);
    expect((await fetch(`${server.fhirBase}/Patient/ben`, { headers })).status).toBe(403);
  });

  it('BSV-01 is refused where the assertion is signed in another way', async () => {
    const rs256 = await generateTestKey('RS256', 'rsa-1');
    expect((await ask('backend', rs256, 'system/*.rs')).status).toBe(401);
    const [, payload = ''] = (await signAssertion(server, 'backend', rsa)).split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT', kid: 'rsa-1' })).toString('base64url');
    expect((await callToken(server, backendRequest(`${none}.${payload}.`, 'system/*.rs'))).status).toBe(401);
    const hs = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT', kid: 'rsa-1' })).toString('base64url');
    expect((await callToken(server, backendRequest(`${hs}.${payload}.c2ln`, 'system/*.rs'))).status).toBe(401);
  });

  it('BSV-01 is refused where the assertion is signed with a key that is not its own', async () => {
    expect((await ask('backend', await generateTestKey('ES384', 'ec-1'), 'system/*.rs')).body.error).toBe(
      'invalid_client',
    );
  });

  it.each<[string, AssertionChanges]>([
    ['another issuer', { claims: { iss: 'other' } }],
    ['another subject', { claims: { sub: 'other' } }],
    ['no issuer', { claims: { iss: undefined } }],
    ['no subject', { claims: { sub: undefined } }],
    ['the issuer as audience', { claims: { aud: 'ISSUER' } }],
    ['several audiences', { claims: { aud: ['TOKEN', 'https://elsewhere.example'] } }],
    ['another audience', { claims: { aud: 'https://elsewhere.example/token' } }],
    ['no audience', { claims: { aud: undefined } }],
    ['an end that is too far away', { claims: { exp: 3600 } }],
    ['an end in the past', { claims: { exp: -60 } }],
    ['no end', { claims: { exp: undefined } }],
    ['an end that is text', { claims: { exp: 'tomorrow' } }],
    ['no id', { claims: { jti: undefined } }],
    ['an id that is a number', { claims: { jti: 7 } }],
    ['no kid', { header: { kid: undefined } }],
    ['an unknown kid', { header: { kid: 'rsa-2' } }],
    ['another type', { header: { typ: 'at+jwt' } }],
    ['a foreign jku', { header: { jku: 'https://evil.example/keys' } }],
  ])('BSV-02 BSV-04 is refused where the assertion has %s', async (_name, { claims = {}, header = {} }) => {
    const at = (value: unknown) =>
      value === 'ISSUER' ? server.issuer : value === 'TOKEN' ? `${server.issuer}/token` : value;
    const exact = Object.fromEntries(
      Object.entries(claims).map(([name, value]) => {
        if (name === 'exp' && typeof value === 'number') return [name, now() + value];
        return [name, Array.isArray(value) ? value.map(at) : at(value)];
      }),
    );
    const { status, body } = await ask('backend', rsa, 'system/*.rs', { claims: exact, header });
    expect([400, 401]).toContain(status);
    expect(['invalid_client', 'invalid_request']).toContain(body.error);
    expect(asked).toEqual([]);
  });

  it('BSV-03 uses an assertion once, also where ten try at the same time', async () => {
    const assertion = await signAssertion(server, 'backend', rsa);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => callToken(server, backendRequest(assertion, 'system/*.rs'))),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== 200).map(({ body }) => body.error))).toEqual(
      new Set(['invalid_client']),
    );
    expect((await callToken(server, backendRequest(assertion, 'system/*.rs'))).status).toBe(401);
  });

  it('BSV-03 may use the id that another client used', async () => {
    const claims = { jti: 'the same id' };
    expect((await ask('backend', rsa, 'system/*.rs', { claims })).status).toBe(200);
    expect((await ask('other', rsa, 'system/*.rs', { claims })).status).toBe(200);
    expect((await ask('other', rsa, 'system/*.rs', { claims })).status).toBe(401);
  });

  it('BSV-05 is held to the keys at its address as they are now, as far as Cache-Control says', async () => {
    [hosted, cacheControl] = [[ec.publicJwk], 'no-store'];
    expect((await ask('by-url', ec, 'system/*.rs')).status).toBe(200);
    hosted = [];
    expect((await ask('by-url', ec, 'system/*.rs')).status).toBe(401);
    [hosted, cacheControl] = [[ec.publicJwk], 'max-age=60'];
    expect((await ask('by-url', ec, 'system/*.rs')).status).toBe(200);
    const count = asked.length;
    expect((await ask('by-url', ec, 'system/*.rs')).status).toBe(200);
    expect(asked.length).toBe(count);
  });

  it.each([
    ['more than it is registered for', 'system/*.rs'],
    ['more letters than it is registered for', 'system/Patient.rs'],
    ['what people grant', 'user/Immunization.rs patient/Immunization.rs openid'],
    ['nothing', undefined],
  ])('BSV-06 gets nothing where it asks for %s', async (_name, scope) => {
    const { status, body } = await ask('narrow', ec, scope);
    expect(status).toBe(400);
    expect(body.error).toBe('invalid_scope');
  });

  it('BSV-06 gets the part that it is registered for', async () => {
    const scope = 'system/Immunization.rs system/*.cruds user/Patient.rs system/Patient.r';
    expect((await ask('narrow', ec, scope)).body.scope).toBe('system/Immunization.rs system/Patient.r');
    const granular = 'system/Immunization.rs?status=completed';
    expect((await ask('narrow', ec, granular)).body.scope).toBe(granular);
  });

  it('BSV-08 is told what is wrong with its request', async () => {
    const assertion = () => signAssertion(server, 'backend', rsa);
    const grant = { ...backendRequest(await assertion(), 'system/*.rs'), grant_type: 'not_a_grant_type' };
    expect((await callToken(server, grant)).status).toBe(400);
    const type = { ...backendRequest(await assertion(), 'system/*.rs'), client_assertion_type: 'not_a_type' };
    expect([400, 401]).toContain((await callToken(server, type)).status);
    expect([400, 401]).toContain((await callToken(server, backendRequest('random bytes', 'system/*.rs'))).status);
    const code = {
      grant_type: 'authorization_code',
      client_assertion_type: ASSERTION_TYPE,
      code: 'x',
      redirect_uri: 'x',
    };
    expect((await callToken(server, { ...code, client_assertion: await assertion() })).status).toBe(400);
  });

  it('may have a secret in the place of keys', async () => {
    const fields = { grant_type: 'client_credentials', scope: 'system/*.rs' };
    const good = await callToken(server, fields, basic('with-secret', 'another secret that is long enough'));
    expect(good.body.scope).toBe('system/*.rs');
    expect((await callToken(server, fields, basic('with-secret', 'wrong'))).status).toBe(401);
  });
});
