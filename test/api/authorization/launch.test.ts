/** How apps of people get access (SMART App Launch 2.2, app-launch.html). */
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  APP_REDIRECT,
  type AuthorizationTestServer,
  answerIn,
  askAuthorization,
  callToken,
  credentialsOf,
  decide,
  getCode,
  getToken,
  redemption,
  scopesOn,
  startAuthorizationServer,
} from '../../support/authorization.ts';

let server: AuthorizationTestServer;
beforeAll(async () => {
  server = await startAuthorizationServer();
});
afterAll(() => server.close());

const sorted = (scopes: string): string[] => scopes.split(' ').sort();

describe('a standalone launch', () => {
  it('AS-09 AS-10 gives tokens with everything that was granted to who logs in, chooses and approves', async () => {
    const { status, body, headers } = await getToken(server);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 900, patient: 'ben', need_patient_banner: true });
    expect(sorted(body.scope)).toEqual(sorted('openid fhirUser launch/patient offline_access patient/*.rs'));
    expect(body.refresh_token).toEqual(expect.any(String));
    expect(headers.get('cache-control')).toContain('no-store');
    expect(headers.get('pragma')).toBe('no-cache');
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    expect(decodeJwt(body.access_token)).toMatchObject({
      iss: server.issuer,
      aud: server.fhirBase,
      client_id: 'public-app',
      patient: 'ben',
      fhirUser: 'Practitioner/nora',
      scope: body.scope,
    });
  });

  it('AS-09 tells caches to keep no error of the token endpoint either', async () => {
    const { status, headers } = await callToken(server, { grant_type: 'nonsense', client_id: 'public-app' });
    expect(status).toBe(400);
    expect(headers.get('cache-control')).toContain('no-store');
    expect(headers.get('pragma')).toBe('no-cache');
  });

  it('AS-01 takes the authorization request as a posted form', async () => {
    const { params } = askAuthorization(server);
    const browser = server.browser();
    const page = await browser.post(`${server.issuer}/authorize`, Object.fromEntries(params));
    expect(answerIn(await decide(browser, page)).get('code')).toEqual(expect.any(String));
  });

  it('AS-20 echoes state, says who it is, and sends errors to the app', async () => {
    const browser = server.browser();
    const granted = answerIn(await decide(browser, await browser.open(askAuthorization(server).url)));
    expect(granted.get('state')).toBe('some-state');
    expect(granted.get('iss')).toBe(server.issuer);
    const denied = answerIn(await decide(browser, await browser.open(askAuthorization(server).url), { deny: true }));
    expect(denied.get('error')).toBe('access_denied');
    expect(denied.get('state')).toBe('some-state');
    expect(denied.get('iss')).toBe(server.issuer);
    expect(denied.get('code')).toBeNull();
  });

  it.each([
    ['absent', undefined],
    ['of another server', 'https://fhir.example.org/fhir'],
    ['with a slash at its end', 'SLASH'],
    ['of a part of this server', 'PART'],
  ])('AS-02 gives no code where aud is %s', async (_name, value) => {
    const aud = value === 'SLASH' ? `${server.fhirBase}/` : value === 'PART' ? `${server.fhirBase}/Patient` : value;
    const browser = server.browser();
    const page = await browser.open(askAuthorization(server, { params: { aud } }).url);
    expect(answerIn(page).get('error')).toBe('invalid_request');
    expect(answerIn(page).get('code')).toBeNull();
  });

  it('AS-02 takes resource as another name of aud', async () => {
    const params = { aud: undefined, resource: server.fhirBase };
    const { status } = await getToken(server, { params });
    expect(status).toBe(200);
  });

  describe.each(['public-app', 'secret-app'])('AS-03 PKCE of %s', (client) => {
    it.each([
      ['absent', { code_challenge: undefined, code_challenge_method: undefined }],
      ['blank', { code_challenge: '' }],
      ['plain', { code_challenge_method: 'plain' }],
      ['without a method', { code_challenge_method: undefined }],
    ])('is refused where the challenge is %s', async (_name, params) => {
      const page = await server.browser().open(askAuthorization(server, { client, params }).url);
      expect(answerIn(page).get('error')).toBe('invalid_request');
    });

    it.each([
      ['wrong', 'x'.repeat(43)],
      ['blank', ''],
      ['absent', undefined],
    ])('gives no token where the verifier is %s', async (_name, verifier) => {
      const redeeming = await getCode(server, { client });
      const { code_verifier, ...fields } = redemption(redeeming);
      const all: Record<string, string> = { ...fields, ...(verifier === undefined ? {} : { code_verifier: verifier }) };
      const { status, body } = await callToken(server, all, credentialsOf(client));
      expect(status).toBe(400);
      expect(body.error).toBe('invalid_grant');
    });
  });

  it.each([
    ['a longer path', `${APP_REDIRECT}/more`],
    ['a query', `${APP_REDIRECT}?a=b`],
    ['another port', 'https://app.example.org:444/callback'],
    ['an encoded letter', 'https://app.example.org/call%62ack'],
    ['user information', 'https://me@app.example.org/callback'],
    ['a fragment', `${APP_REDIRECT}#x`],
    ['another host', 'https://app.example.org.evil.example/callback'],
    ['another scheme', 'http://app.example.org/callback'],
  ])('AS-04 never redirects to an address that is not registered: %s', async (_name, redirect_uri) => {
    const page = await server.browser().open(askAuthorization(server, { params: { redirect_uri } }).url);
    expect(page.status).toBe(400);
    expect(new URL(page.url).origin).toBe(server.origin);
  });

  it.each([
    ['unknown words', 'sing dance'],
    ['scopes of systems', 'system/*.rs'],
    ['broken scopes', 'patient/Patient.sr patient/*.rsx Patient/Patient.rs'],
    ['contexts that are not served', 'launch/encounter'],
  ])('AS-11 refuses a request of nothing that can be granted: %s', async (_name, scope) => {
    const page = await server.browser().open(askAuthorization(server, { scope }).url);
    expect(answerIn(page).get('error')).toBe('invalid_scope');
  });

  it('leaves out what can’t be granted and says so in the answer', async () => {
    const { body } = await getToken(server, { scope: 'launch/patient patient/Patient.rs system/*.rs nonsense' });
    expect(sorted(body.scope)).toEqual(['launch/patient', 'patient/Patient.rs']);
  });

  it('grants scopes of version 1 and those with constraints as they were written', async () => {
    const scope = 'launch/patient patient/Patient.read patient/Immunization.rs?status=completed';
    const { body } = await getToken(server, { scope });
    expect(sorted(body.scope)).toEqual(sorted(scope));
    expect(sorted(`${decodeJwt(body.access_token)['scope']}`)).toEqual(sorted(scope));
  });

  it('AS-12 gives only the scopes that stay ticked, also at a refresh', async () => {
    const scope = 'launch/patient offline_access patient/Patient.rs patient/Immunization.rs patient/Condition.rs';
    const without = ['patient/Condition.rs'];
    const { body } = await getToken(server, { scope, without });
    const left = ['launch/patient', 'offline_access', 'patient/Immunization.rs', 'patient/Patient.rs'];
    expect(sorted(body.scope)).toEqual(left);
    expect(sorted(`${decodeJwt(body.access_token)['scope']}`)).toEqual(left);
    const again = { grant_type: 'refresh_token', client_id: 'public-app', refresh_token: body.refresh_token };
    const widened = await callToken(server, { ...again, scope: 'patient/Condition.rs' });
    expect(widened.body.error).toBe('invalid_scope');
    expect(sorted((await callToken(server, again)).body.scope)).toEqual(left);
  });

  it('denies an app for which nothing stays ticked', async () => {
    const { url } = askAuthorization(server, { scope: 'launch/patient patient/Patient.rs' });
    const browser = server.browser();
    const page = await decide(browser, await browser.open(url), { without: ['launch/patient', 'patient/Patient.rs'] });
    expect(answerIn(page).get('error')).toBe('access_denied');
  });

  it('grants nothing that was not on the page, whatever the form says', async () => {
    const browser = server.browser();
    const { url } = askAuthorization(server, { scope: 'openid fhirUser user/Patient.rs' });
    const login = await browser.open(url);
    const consent = await decide(browser, login, { without: [] }).catch(() => undefined);
    expect(consent && answerIn(consent).get('code')).toEqual(expect.any(String));
    const second = await browser.open(askAuthorization(server, { scope: 'user/Patient.rs' }).url);
    expect(scopesOn(second)).toEqual(['user/Patient.rs']);
    const smuggled = { scope: ['user/Patient.rs', 'user/*.cruds'], decision: 'approve' };
    const redeeming = { code: `${answerIn(await browser.submit(second, smuggled)).get('code')}`, verifier: 'x' };
    expect(redeeming.code).not.toBe('null');
  });

  it('AS-13 gives an id token signed with RS256 that names client, nonce and user', async () => {
    const { body } = await getToken(server, { params: { nonce: 'a-nonce' } });
    const keys = (await (await fetch(`${server.issuer}/jwks`)).json()) as JSONWebKeySet;
    const rules = { issuer: server.issuer, audience: 'public-app', algorithms: ['RS256'] };
    const { payload, protectedHeader } = await jwtVerify(body.id_token, createLocalJWKSet(keys), rules);
    expect(protectedHeader.kid).toEqual(expect.any(String));
    expect(payload).toMatchObject({ nonce: 'a-nonce', sub: 'nurse', fhirUser: `${server.fhirBase}/Practitioner/nora` });
    const user = await fetch(`${payload['fhirUser']}`, { headers: { authorization: `Bearer ${body.access_token}` } });
    expect(user.status).toBe(200);
  });

  it('gives no id token where openid is not granted', async () => {
    const { body } = await getToken(server, { without: ['openid', 'fhirUser'] });
    expect(body.id_token).toBeUndefined();
    expect(body.access_token).toEqual(expect.any(String));
  });

  it('asks again each time, and never without a person', async () => {
    const browser = server.browser();
    await getToken(server, {}, browser);
    const page = await browser.open(askAuthorization(server, { params: { prompt: 'none' } }).url);
    expect(answerIn(page).get('error')).toMatch(/^(interaction|consent)_required$/);
  });

  it('keeps an app with a secret from getting a token without it', async () => {
    const redeeming = await getCode(server, { client: 'secret-app' });
    const fields = { ...redemption(redeeming), client_id: 'secret-app' };
    expect((await callToken(server, fields)).status).toBe(401);
    expect((await callToken(server, { ...fields, client_secret: 'wrong' })).status).toBe(401);
  });
});
