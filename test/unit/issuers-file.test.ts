/** The file of issuers: what can't be meant stops the start, and is named. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config.ts';
import { loadIssuersFile } from '../../src/issuers-file.ts';
import { projectRoot } from '../../src/project-root.ts';

const BASE = 'https://iis.example.org/fhir';
const folder = mkdtempSync(join(tmpdir(), 'issuers-'));
const smartConfiguration = {
  authorization_endpoint: 'https://idp.example.org/auth',
  token_endpoint: 'https://idp.example.org/token',
  grant_types_supported: ['authorization_code', 'client_credentials'],
  capabilities: ['permission-v2'],
  code_challenge_methods_supported: ['S256'],
};
const issuer = { issuer: 'https://idp.example.org', jwksUri: 'https://idp.example.org/certs' };

let count = 0;
function load(content: unknown) {
  const path = join(folder, `${++count}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return loadIssuersFile(path, BASE);
}
const withIssuer = (more: object) => load({ issuers: [{ ...issuer, ...more }], smartConfiguration });

describe('the file of issuers', () => {
  it('is careful where it says nothing', () => {
    const [loaded] = withIssuer({}).issuers;
    expect(loaded).toMatchObject({
      issuer: 'https://idp.example.org',
      audiences: [BASE],
      tokenType: 'at+jwt',
      mostAudiences: 3,
      longestLifetime: 3600,
      clockTolerance: 30,
      withoutFhirUser: 'nobody',
    });
  });

  it('says what Keycloak’s tokens look like', () => {
    const [keycloak] = withIssuer({
      tokenType: 'JWT',
      requiredClaims: { typ: 'Bearer' },
      claims: { client_id: 'azp', grant: 'sid' },
      backendClients: ['ehr'],
    }).issuers;
    expect(keycloak).toMatchObject({ claimNames: { client_id: 'azp', grant: 'sid', scope: 'scope' } });
    expect(keycloak?.backendClients.has('ehr')).toBe(true);
  });

  it('names a file with the secret for introspection', () => {
    writeFileSync(join(folder, 'secret'), 'secret\n');
    const introspection = {
      url: 'https://idp.example.org/introspect',
      clientId: 'iis',
      secretFile: join(folder, 'secret'),
    };
    const { issuers } = load({ issuers: [{ issuer: issuer.issuer, introspection }], smartConfiguration });
    expect(issuers[0]?.check.kind).toBe('introspection');
    const missing = { ...introspection, secretFile: join(folder, 'none') };
    expect(() => load({ issuers: [{ issuer: issuer.issuer, introspection: missing }], smartConfiguration })).toThrow(
      /secret/,
    );
  });

  it.each([
    ['no audience (TOK-08)', { audience: '' }],
    ['a pattern for an audience (TOK-08)', { audience: { pattern: '.*' } }],
    ['a list of audiences with nothing (TOK-08)', { audience: [] }],
    ['a symmetric algorithm', { algorithms: ['HS256'] }],
    ['no algorithm', { algorithms: ['none'] }],
    ['an unknown setting', { trustEverything: true }],
    ['keys over plain http', { jwksUri: 'http://idp.example.org/certs' }],
    ['keys of a host that only looks like this machine', { jwksUri: 'http://127.0.0.1.evil.example/certs' }],
    ['a type that id tokens have too', { tokenType: 'JWT' }],
    ['a lifetime of years', { longestLifetimeSeconds: 31_536_000 }],
    ['both ways to check tokens', { introspection: { url: 'https://a.example', clientId: 'a', secretFile: 'b' } }],
    ['neither way to check tokens', { jwksUri: undefined }],
  ])('can’t have %s', (_what, more) => {
    expect(() => withIssuer(more)).toThrow(ConfigError);
  });

  it.each([
    ['is no JSON', '{'],
    ['has no issuers', { issuers: [], smartConfiguration }],
    ['has an issuer twice', { issuers: [issuer, issuer], smartConfiguration }],
    ['tells apps nothing', { issuers: [issuer] }],
    [
      'tells apps of plain PKCE',
      {
        issuers: [issuer],
        smartConfiguration: { ...smartConfiguration, code_challenge_methods_supported: ['S256', 'plain'] },
      },
    ],
    [
      'tells apps of implicit grants',
      { issuers: [issuer], smartConfiguration: { ...smartConfiguration, grant_types_supported: ['implicit'] } },
    ],
  ])('stops the start where it %s', (_what, content) => {
    expect(() => load(content)).toThrow(ConfigError);
  });
});

describe('access control', () => {
  const config = (environment: Readonly<Record<string, string>>) => loadConfig(environment, projectRoot());

  it('is on where issuers are named', () => {
    expect(config({ JENNER_ISSUERS: 'x.json', HOST: '0.0.0.0' })).toMatchObject({
      auth: 'smart',
      issuersFile: 'x.json',
    });
  });

  it.each([
    [{ HOST: '0.0.0.0', JENNER_AUTHORIZATION_SERVER: 'off' }, /JENNER_ISSUERS/],
    [{ HOST: '0.0.0.0', JENNER_AUTH: 'off' }, /other machines/],
    [{ JENNER_AUTH: 'smart', JENNER_AUTHORIZATION_SERVER: 'off' }, /JENNER_ISSUERS/],
    [{ JENNER_AUTH: 'off', JENNER_ISSUERS: 'x.json' }, /JENNER_ISSUERS/],
    [{ JENNER_AUTH: 'maybe' }, /smart or off/],
    [{ JENNER_RATE_LIMIT: '0' }, /JENNER_RATE_LIMIT/],
  ])('can’t be %j (OPS-03)', (environment, message) => {
    expect(() => config(environment)).toThrow(message);
  });
});
