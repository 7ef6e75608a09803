/** What who reads the database can't use (RFC 6819, 5.1.4.1.3). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  APP_SECRET,
  type AuthorizationTestServer,
  backendRequest,
  callToken,
  generateTestKey,
  getCode,
  PASSWORD,
  redemption,
  signAssertion,
  startAuthorizationServer,
} from '../../support/authorization.ts';

let server: AuthorizationTestServer;
beforeAll(async () => {
  server = await startAuthorizationServer();
});
afterAll(() => server.close());

async function dumpDatabase(): Promise<string> {
  const collections = await server.jenner.database.db.listCollections().toArray();
  const dumps = collections.map(async ({ name }) => server.jenner.database.db.collection(name).find().toArray());
  return JSON.stringify(await Promise.all(dumps));
}

it('AS-15 keeps codes, tokens, secrets, passwords, launches and sessions as hashes only', async () => {
  const browser = server.browserOf('nurse');
  const { code, verifier } = await getCode(server, {}, browser);
  const { body } = await callToken(server, redemption({ code, verifier }));
  const key = await generateTestKey('ES384', 'k');
  const assertion = await signAssertion(server, 'public-app', key);
  await callToken(server, backendRequest(assertion, 'system/*.rs'));
  const session = browser.cookie('jenner_session');
  const secrets = [
    code,
    verifier,
    body.access_token,
    body.refresh_token,
    body.id_token,
    session,
    APP_SECRET,
    PASSWORD,
    assertion,
  ];
  const [unused] = [(await getCode(server, {}, browser)).code];
  const dump = await dumpDatabase();
  expect(dump).toContain('RefreshToken');
  for (const secret of [...secrets, unused]) {
    expect(secret).toEqual(expect.any(String));
    expect(dump.includes(`${secret}`)).toBe(false);
  }
  expect(server.logged.join('')).not.toContain(body.refresh_token);
});
