/** Tokens for scripts, as the command line issues them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registeredClients } from '../../../src/authorization-server/clients.ts';
import { readFhirBase } from '../../../src/authorization-server/installation.ts';
import { issueToken, TokenRefused, type TokenRequest } from '../../../src/authorization-server/issue-token.ts';
import { loadSigningKeys, rotateSigningKeys } from '../../../src/authorization-server/signing-keys.ts';
import { recordedUsers } from '../../../src/authorization-server/users.ts';
import { metadataPolicy, patientsOf } from '../../../src/compose-authorization.ts';
import { isResourceType } from '../../../src/definitions/resource-types.ts';
import { demonstrationAccounts } from '../../../src/demonstration-accounts.ts';
import { type AuthorizationTestServer, startAuthorizationServer } from '../../support/authorization.ts';

let server: AuthorizationTestServer;
beforeAll(async () => {
  server = await startAuthorizationServer();
  await demonstrationAccounts(server.records, metadataPolicy(server.fhirBase));
});
afterAll(() => server.close());

async function issue(request: TokenRequest): Promise<string> {
  const { records, jenner, issuer } = server;
  const fhirBase = (await readFhirBase(records)) ?? '';
  return issueToken(
    {
      issuer,
      fhirBase,
      keys: await loadSigningKeys(records),
      clients: registeredClients(records, []),
      users: recordedUsers(records),
      patients: patientsOf(jenner, fhirBase),
      isResourceType,
    },
    request,
  );
}
const statusOf = async (path: string, token: string) =>
  (await fetch(`${server.fhirBase}/${path}`, { headers: { authorization: `Bearer ${token}` } })).status;

describe('a token for a script', () => {
  it('is good for what it says', async () => {
    const system = await issue({ client: 'demo-backend', scope: 'system/*.cruds' });
    expect(await statusOf('Patient/ben', system)).toBe(200);
    const child = await issue({ client: 'public-app', scope: 'patient/*.rs', patient: 'ben', user: 'parent' });
    expect(await statusOf('Patient/ben', child)).toBe(200);
    expect(await statusOf('Patient/ada', child)).toBe(404);
    const own = await issue({ client: 'public-app', scope: 'patient/*.rs', patient: 'ada' });
    expect(await statusOf('Patient/ada', own)).toBe(200);
    const staff = await issue({ client: 'public-app', scope: 'user/*.rs', user: 'nurse' });
    expect(await statusOf('Patient/eve', staff)).toBe(200);
  });

  it('stays good when keys are replaced, and the next is good too', async () => {
    const before = await issue({ client: 'demo-backend', scope: 'system/Patient.rs' });
    await rotateSigningKeys(server.records);
    expect(await statusOf('Patient/ben', before)).toBe(200);
    expect(await statusOf('Patient/ben', await issue({ client: 'demo-backend', scope: 'system/Patient.rs' }))).toBe(
      200,
    );
  });

  it.each<[string, TokenRequest]>([
    ['an unknown client', { client: 'nobody', scope: 'system/*.rs' }],
    ['no scope', { client: 'demo-backend', scope: ' ' }],
    ['a scope beyond the client', { client: 'demo-backend', scope: 'system/*.rs user/*.rs' }],
    ['an unknown user', { client: 'public-app', scope: 'user/*.rs', user: 'nobody' }],
    ['nobody', { client: 'public-app', scope: 'user/*.rs' }],
    ['no patient', { client: 'public-app', scope: 'patient/*.rs', user: 'nurse' }],
    ['a patient who is not there', { client: 'public-app', scope: 'patient/*.rs', patient: 'nobody' }],
    ['a patient of others', { client: 'public-app', scope: 'patient/*.rs', patient: 'ada', user: 'parent' }],
    ['a user behind a backend service', { client: 'demo-backend', scope: 'system/*.rs', user: 'nurse' }],
  ])('is refused for %s', async (_name, request) => {
    await expect(issue(request)).rejects.toThrow(TokenRefused);
  });
});

describe('the demonstration', () => {
  it('has people and apps whose passwords and secrets are its own, and stay', async () => {
    const policy = metadataPolicy(server.fhirBase);
    const first = await demonstrationAccounts(server.records, policy);
    expect(await demonstrationAccounts(server.records, policy)).toEqual(first);
    expect(first.clients.map(({ id }) => id)).toEqual(['demo-backend', 'demo-ehr-app', 'demo-patient-app']);
    expect(new Set(first.users.map(({ password }) => password)).size).toBe(5);
    // The others' names are taken here by people of the tests.
    for (const { name, password } of first.users.filter((user) => /^(paed|epi)/.test(user.name))) {
      expect((await recordedUsers(server.records).logIn(name.toUpperCase(), password))?.name).toBe(name);
    }
  });
});
