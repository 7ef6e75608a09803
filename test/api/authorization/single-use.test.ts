/** What may be used once, and for how long (RFC 6749, 4.1.2, 6, 10.4; RFC 9700, 4.14). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthorizationTestServer,
  callToken,
  credentialsOf,
  getCode,
  getToken,
  redemption,
  startAuthorizationServer,
  type TokenAnswer,
} from '../../support/authorization.ts';

let server: AuthorizationTestServer;
beforeAll(async () => {
  server = await startAuthorizationServer();
});
afterAll(() => server.close());

const AT_ONCE = 10;
const tenTimes = (call: () => Promise<TokenAnswer>): Promise<TokenAnswer[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, call));

const refresh = (refresh_token: string, more: Record<string, string> = {}): Promise<TokenAnswer> =>
  callToken(server, { grant_type: 'refresh_token', client_id: 'public-app', refresh_token, ...more });

async function introspect(token: string): Promise<Record<string, unknown>> {
  const body = new URLSearchParams({ token });
  const headers = credentialsOf('secret-app');
  const response = await fetch(`${server.issuer}/introspect`, { method: 'POST', body, headers });
  return (await response.json()) as Record<string, unknown>;
}

describe('an authorization code', () => {
  it('AS-05 is redeemed once where ten try at the same time', async () => {
    const fields = redemption(await getCode(server));
    const answers = await tenTimes(() => callToken(server, fields));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const others = answers.filter(({ status }) => status !== 200);
    expect(new Set(others.map(({ status, body }) => `${status} ${body.error}`))).toEqual(
      new Set(['400 invalid_grant']),
    );
  });

  it('AS-05 that is used again takes the tokens back that it gave', async () => {
    const redeeming = await getCode(server, { client: 'secret-app' });
    const fields = redemption(redeeming);
    const first = await callToken(server, fields, credentialsOf('secret-app'));
    expect(await introspect(first.body.access_token)).toMatchObject({ active: true });
    expect((await callToken(server, fields, credentialsOf('secret-app'))).body.error).toBe('invalid_grant');
    expect(await introspect(first.body.access_token)).toEqual({ active: false });
    const again = { grant_type: 'refresh_token', refresh_token: first.body.refresh_token };
    expect((await callToken(server, again, credentialsOf('secret-app'))).body.error).toBe('invalid_grant');
  });

  it('AS-06 is worth nothing to another client, and with another redirect address', async () => {
    const redeeming = await getCode(server);
    const other = await callToken(
      server,
      redemption({ ...redeeming, client: 'secret-app' }),
      credentialsOf('secret-app'),
    );
    expect(other.body.error).toBe('invalid_grant');
    const elsewhere = { ...redemption(redeeming), redirect_uri: 'https://app.example.org/other' };
    expect((await callToken(server, elsewhere)).body.error).toBe('invalid_grant');
  });

  it('AS-06 is kept for a minute and no longer', async () => {
    await getCode(server);
    const codes = await server.jenner.database.db
      .collection('jenner_authorization')
      .find({ kind: 'AuthorizationCode' })
      .toArray();
    expect(codes.length).toBeGreaterThan(0);
    for (const { expiresAt } of codes) expect(expiresAt.getTime()).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it('AS-06 that is over gives no token', async () => {
    const fields = redemption(await getCode(server));
    const records = server.jenner.database.db.collection('jenner_authorization');
    await records.updateMany({ kind: 'AuthorizationCode' }, { $set: { expiresAt: new Date(Date.now() - 1000) } });
    expect((await callToken(server, fields)).body.error).toBe('invalid_grant');
  });
});

describe('a refresh token', () => {
  it('AS-07 gives new tokens of the same grant, with the same context', async () => {
    const { body } = await getToken(server);
    const { status, body: fresh, headers } = await refresh(body.refresh_token);
    expect(status).toBe(200);
    expect(fresh).toMatchObject({ token_type: 'Bearer', expires_in: 900, scope: body.scope, patient: 'ben' });
    expect(fresh.need_patient_banner).toBe(true);
    expect(fresh.smart_style_url).toBe(body.smart_style_url);
    expect(fresh.refresh_token).not.toBe(body.refresh_token);
    expect(headers.get('pragma')).toBe('no-cache');
  });

  it('AS-07 that is used again ends everything that came of it', async () => {
    const { body } = await getToken(server, { client: 'secret-app' });
    const use = (token: string) =>
      callToken(server, { grant_type: 'refresh_token', refresh_token: token }, credentialsOf('secret-app'));
    const second = await use(body.refresh_token);
    expect((await use(body.refresh_token)).body.error).toBe('invalid_grant');
    expect((await use(second.body.refresh_token)).body.error).toBe('invalid_grant');
    expect(await introspect(second.body.access_token)).toEqual({ active: false });
  });

  it('AS-07 is used once where ten try at the same time, and then no more', async () => {
    const { body } = await getToken(server);
    const answers = await tenTimes(() => refresh(body.refresh_token));
    const good = answers.filter(({ status }) => status === 200);
    expect(good).toHaveLength(1);
    expect((await refresh(good[0]?.body.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('AS-07 gives less when asked for less, never more', async () => {
    const { body } = await getToken(server, {
      scope: 'launch/patient offline_access patient/Immunization.rs patient/Patient.rs',
    });
    const narrow = await refresh(body.refresh_token, { scope: 'patient/Patient.rs' });
    expect(narrow.body.scope).toBe('patient/Patient.rs');
    const wide = await refresh(narrow.body.refresh_token, { scope: 'patient/Patient.rs patient/*.rs' });
    expect(wide.body.error).toBe('invalid_scope');
    const whole = await refresh(narrow.body.refresh_token);
    expect(whole.body.scope.split(' ').sort()).toEqual(body.scope.split(' ').sort());
  });

  it('AS-08 is given only where offline_access or online_access was granted', async () => {
    const scope = 'launch/patient patient/Patient.rs';
    expect((await getToken(server, { scope })).body.refresh_token).toBeUndefined();
    const unticked = { scope: `${scope} offline_access`, without: ['offline_access'] };
    expect((await getToken(server, unticked)).body.refresh_token).toBeUndefined();
    expect((await getToken(server, { scope: `${scope} online_access` })).body.refresh_token).toEqual(
      expect.any(String),
    );
    expect((await getToken(server, { scope: `${scope} offline_access` })).body.refresh_token).toEqual(
      expect.any(String),
    );
  });

  it('AS-08 of online_access ends with the login, one of offline_access does not', async () => {
    const browser = server.browser();
    const online = await getToken(server, { scope: 'launch/patient online_access patient/Patient.rs' }, browser);
    const offlineAnswer = await getToken(server, { client: 'secret-app' }, browser);
    const manage = await browser.open(`${server.issuer}/manage`);
    const logoutForm = manage.text.split('<form').length - 2;
    await browser.submit(manage, {}, logoutForm);
    expect((await browser.open(`${server.issuer}/manage`)).text).toContain('name="password"');
    expect((await refresh(online.body.refresh_token)).body.error).toBe('invalid_grant');
    const again = { grant_type: 'refresh_token', refresh_token: offlineAnswer.body.refresh_token };
    expect((await callToken(server, again, credentialsOf('secret-app'))).status).toBe(200);
  });

  it('belongs to its client', async () => {
    const { body } = await getToken(server);
    const fields = { grant_type: 'refresh_token', refresh_token: body.refresh_token };
    expect((await callToken(server, fields, credentialsOf('secret-app'))).body.error).toBe('invalid_grant');
  });
});
