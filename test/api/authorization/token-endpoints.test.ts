/** Introspection and revocation (RFC 7662, RFC 7009; SMART App Launch 2.2, token-introspection.html). */
import { randomUUID } from 'node:crypto';
import { decodeJwt, importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSigningKeys } from '../../../src/authorization-server/signing-keys.ts';
import {
  APP_SECRET,
  ASSERTION_TYPE,
  type AuthorizationTestServer,
  backendRequest,
  basic,
  callToken,
  credentialsOf,
  generateTestKey,
  getToken,
  signAssertion,
  startAuthorizationServer,
  type TestKey,
} from '../../support/authorization.ts';

let server: AuthorizationTestServer;
let key: TestKey;
const SECRET = 'a secret of the one who may ask';

beforeAll(async () => {
  key = await generateTestKey('ES384', 'k');
  const backend = { grant_types: ['client_credentials'], scope: 'system/*.rs __introspect' };
  server = await startAuthorizationServer({
    clients: [
      { ...backend, client_id: 'asker', client_secret: `${SECRET}, at length` },
      {
        ...backend,
        client_id: 'key-asker',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [key.publicJwk] },
      },
    ],
  });
});
afterAll(() => server.close());

const asker = () => basic('asker', `${SECRET}, at length`);

async function call(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.issuer}${path}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}
const introspect = (token: string, headers = asker(), more: Record<string, string> = {}) =>
  call('/introspect', { token, ...more }, headers);

describe('introspection', () => {
  it('INT-01 INT-04 CTX-03 says of an access token what the app was told', async () => {
    const { body } = await getToken(server);
    const { status, body: told, headers } = await introspect(body.access_token);
    expect(status).toBe(200);
    expect(headers.get('pragma')).toBe('no-cache');
    const id = decodeJwt(body.id_token);
    expect(told).toMatchObject({
      active: true,
      scope: body.scope,
      client_id: 'public-app',
      exp: decodeJwt(body.access_token).exp,
      iss: id.iss,
      sub: id.sub,
      patient: body.patient,
      need_patient_banner: body.need_patient_banner,
      smart_style_url: body.smart_style_url,
      fhirUser: id['fhirUser'],
    });
    expect(decodeJwt(body.access_token)['patient']).toBe(told.patient);
  });

  it('says of a refresh token what it can give', async () => {
    const { body } = await getToken(server);
    const { body: told } = await introspect(body.refresh_token);
    expect(told).toMatchObject({ active: true, client_id: 'public-app', patient: 'ben', exp: expect.any(Number) });
  });

  it('INT-02 says nothing but inactive of any other token', async () => {
    const { body } = await getToken(server);
    const [header, payload, signature = ''] = body.access_token.split('.');
    const keys = await loadSigningKeys(server.records);
    const own = keys.find(({ alg }) => alg === 'ES256');
    const sign = async (claims: object, alg = 'ES256', jwk = own?.jwk) =>
      new SignJWT({ ...decodeJwt(body.access_token), jti: randomUUID(), ...claims })
        .setProtectedHeader({ alg, typ: 'at+jwt', kid: own?.kid ?? '' })
        .sign(await importJWK(jwk ?? {}, alg));
    const past = Math.floor(Date.now() / 1000) - 10;
    const tokens = [
      'unknown',
      `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      await sign({ exp: past }),
      await sign({ iss: 'https://elsewhere.example' }),
      await sign({ aud: 'https://elsewhere.example/fhir' }),
      body.id_token,
      '',
    ];
    for (const token of tokens.slice(0, -1)) expect((await introspect(token)).body).toEqual({ active: false });
    expect((await introspect(await sign({}))).body.active).toBe(true);
    expect((await call('/introspect', {}, asker())).status).toBe(400);
  });

  it('INT-03 answers those who prove who they are: by secret, by key, or with a token for it', async () => {
    const { body } = await getToken(server);
    expect((await introspect(body.access_token)).body.active).toBe(true);
    const assertion = await signAssertion(server, 'key-asker', key);
    const proof = { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
    expect((await introspect(body.access_token, {}, proof)).body.active).toBe(true);
    expect((await introspect(body.access_token, {}, proof)).status).toBe(401);
    const token = await callToken(
      server,
      backendRequest(await signAssertion(server, 'key-asker', key), '__introspect'),
    );
    expect(token.body.scope).toBe('__introspect');
    const bearer = { authorization: `Bearer ${token.body.access_token}` };
    expect((await introspect(body.access_token, bearer)).body.active).toBe(true);
  });

  it('INT-03 refuses everybody else, an app with its own token too', async () => {
    const { body } = await getToken(server);
    const refused: Record<string, string>[] = [
      {},
      basic('asker', 'wrong'),
      basic('nobody', 'wrong'),
      { authorization: `Bearer ${body.access_token}` },
      { authorization: 'Bearer x' },
    ];
    for (const headers of refused) expect((await introspect(body.access_token, headers)).status).toBe(401);
    expect((await introspect(body.access_token, {}, { client_id: 'public-app' })).status).toBe(401);
  });

  it('INT-03 tells an app about its own tokens only', async () => {
    const own = await getToken(server, { client: 'secret-app' });
    const other = await getToken(server);
    const headers = basic('secret-app', APP_SECRET);
    expect((await introspect(own.body.access_token, headers)).body.active).toBe(true);
    expect((await introspect(other.body.access_token, headers)).body).toEqual({ active: false });
  });
});

describe('revocation', () => {
  const refresh = (token: string, client: string) =>
    callToken(
      server,
      { grant_type: 'refresh_token', refresh_token: token, ...(client === 'secret-app' ? {} : { client_id: client }) },
      credentialsOf(client),
    );

  it('ends an access token alone', async () => {
    const { body } = await getToken(server);
    const fields = { token: body.access_token, client_id: 'public-app' };
    expect((await call('/revoke', fields)).status).toBe(200);
    expect((await introspect(body.access_token)).body).toEqual({ active: false });
    expect((await refresh(body.refresh_token, 'public-app')).status).toBe(200);
  });

  it('ends with a refresh token everything of its grant', async () => {
    const { body } = await getToken(server, { client: 'secret-app' });
    expect((await call('/revoke', { token: body.refresh_token }, credentialsOf('secret-app'))).status).toBe(200);
    expect((await introspect(body.access_token)).body).toEqual({ active: false });
    expect((await refresh(body.refresh_token, 'secret-app')).body.error).toBe('invalid_grant');
  });

  it('leaves the tokens of other clients alone, and says nothing of them', async () => {
    const { body } = await getToken(server);
    for (const token of [body.access_token, body.refresh_token, 'unknown']) {
      expect((await call('/revoke', { token }, credentialsOf('secret-app'))).status).toBe(200);
    }
    expect((await introspect(body.access_token)).body.active).toBe(true);
    expect((await refresh(body.refresh_token, 'public-app')).status).toBe(200);
    expect((await call('/revoke', { token: body.access_token }, basic('secret-app', 'wrong'))).status).toBe(401);
  });
});
