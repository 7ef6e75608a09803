/** How apps get access (SMART App Launch 2.2, app-launch.html). */
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthorizationTestServer,
  answerIn,
  askAuthorization,
  decide,
  getToken,
  startAuthorizationServer,
} from '../../support/authorization.ts';

let server: AuthorizationTestServer;
beforeAll(async () => {
  server = await startAuthorizationServer();
});
afterAll(() => server.close());

describe('standalone launch', () => {
  it('AS-01 AS-09 AS-10 gives a code and tokens to who logs in, chooses and approves', async () => {
    const { status, body, headers } = await getToken(server);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 900, patient: 'ben', need_patient_banner: true });
    expect(status).toBe(200);
    expect(body.scope.split(' ').sort()).toEqual(
      ['fhirUser', 'launch/patient', 'offline_access', 'openid', 'patient/*.rs'].sort(),
    );
    expect(headers.get('cache-control')).toContain('no-store');
    expect(headers.get('pragma')).toBe('no-cache');
    expect(body.refresh_token).toEqual(expect.any(String));
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    expect(decodeJwt(body.access_token)).toMatchObject({
      iss: server.issuer,
      aud: server.fhirBase,
      client_id: 'public-app',
      patient: 'ben',
      fhirUser: 'Practitioner/nora',
    });
  });

  it('AS-01 takes the authorization request as a posted form', async () => {
    const { params } = askAuthorization(server);
    const browser = server.browser();
    const page = await browser.post(`${server.issuer}/authorize`, Object.fromEntries(params));
    expect(answerIn(await decide(browser, page)).get('code')).toEqual(expect.any(String));
  });
});
