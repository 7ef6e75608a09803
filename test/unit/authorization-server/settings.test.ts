import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../../src/config.ts';
import { projectRoot } from '../../../src/project-root.ts';

const load = (environment: Readonly<Record<string, string>>) => loadConfig(environment, projectRoot());

describe('the settings of the authorization server', () => {
  it('let it run where tokens are asked for, and ask for them where it runs', () => {
    const isOn = { auth: 'smart', authorizationServer: true, registration: 'off' };
    expect(load({ JENNER_AUTH: 'smart' })).toMatchObject(isOn);
    expect(load({ JENNER_AUTHORIZATION_SERVER: 'on' })).toMatchObject(isOn);
  });

  it('leave access open to this machine alone where nothing is said', () => {
    expect(load({})).toMatchObject({ auth: 'off', host: '127.0.0.1', authorizationServer: false });
    expect(load({ HOST: '0.0.0.0' })).toMatchObject({ auth: 'smart', authorizationServer: true });
  });

  it('leave it out where an outside issuer is named, or access control is off', () => {
    expect(load({ JENNER_ISSUERS: 'issuers.json' })).toMatchObject({ auth: 'smart', authorizationServer: false });
    expect(load({ JENNER_AUTH: 'off' })).toMatchObject({ auth: 'off', authorizationServer: false });
  });

  it('AS-18 start it in production only where that is said', () => {
    expect(() => load({ JENNER_AUTH: 'smart', NODE_ENV: 'production' })).toThrow(ConfigError);
    expect(() => load({ JENNER_AUTH: 'smart', JENNER_AUTHORIZATION_SERVER: 'off' })).toThrow(/nobody issues them/);
    const asked = { NODE_ENV: 'production', JENNER_AUTHORIZATION_SERVER: 'on' };
    expect(load(asked).authorizationServer).toBe(true);
  });

  it('AS-18 let nobody log in over http from elsewhere', () => {
    const load = (environment: Readonly<Record<string, string>>) =>
      loadConfig({ JENNER_AUTH: 'smart', ...environment }, projectRoot());
    expect(() => load({ JENNER_BASE_URL: 'http://iis.example.org/fhir' })).toThrow(/must begin with https/);
    expect(load({ JENNER_BASE_URL: 'https://iis.example.org/fhir' }).authorizationServer).toBe(true);
    expect(load({ JENNER_BASE_URL: 'http://localhost:8080/fhir' }).authorizationServer).toBe(true);
  });

  it('take a token for registration that is long enough', () => {
    expect(load({ JENNER_REGISTRATION: 'x'.repeat(32) }).registration).toEqual({ token: 'x'.repeat(32) });
    expect(() => load({ JENNER_REGISTRATION: 'short' })).toThrow(/JENNER_REGISTRATION must be/);
  });
});
