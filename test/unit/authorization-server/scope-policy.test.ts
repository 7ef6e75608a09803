import { describe, expect, it } from 'vitest';
import type { RegisteredClient } from '../../../src/authorization-server/registered-client.ts';
import { grantableScopes } from '../../../src/authorization-server/scope-policy.ts';

const client = (purpose: RegisteredClient['purpose'], scope: string): RegisteredClient => ({
  id: 'c',
  name: 'c',
  purpose,
  authentication: { method: 'none' },
  redirectUris: [],
  scopes: scope.split(' '),
});
const types = new Set(['Patient', 'Immunization']);
const granted = (asked: string, registered: RegisteredClient) =>
  grantableScopes(asked, registered, (name) => types.has(name)).join(' ');

describe('scopes that can be granted', () => {
  it('are within what the client is registered for, letter by letter', () => {
    const app = client('app', 'patient/*.rs user/Patient.cruds');
    expect(granted('patient/Patient.rs patient/Patient.r patient/*.s', app)).toBe(
      'patient/Patient.rs patient/Patient.r patient/*.s',
    );
    expect(granted('patient/Patient.cruds patient/*.read', app)).toBe('patient/*.read');
    expect(granted('user/Patient.* user/*.rs user/Immunization.rs', app)).toBe('user/Patient.*');
  });

  it('may be the sum of several that are registered', () => {
    expect(granted('user/Patient.cruds', client('app', 'user/Patient.rs user/*.cud'))).toBe('user/Patient.cruds');
  });

  it('keep the constraints that are registered', () => {
    const app = client('app', 'patient/Immunization.rs?status=completed');
    expect(granted('patient/Immunization.rs', app)).toBe('');
    const narrower = 'patient/Immunization.rs?status=completed&vaccine-code=03';
    expect(granted(`patient/Immunization.rs?status=completed ${narrower}`, app)).toBe(
      `patient/Immunization.rs?status=completed ${narrower}`,
    );
    expect(granted('patient/Immunization.rs?status=not-done', app)).toBe('');
  });

  it('are of people for apps and of systems for backend services, whatever is registered', () => {
    const all = 'system/*.cruds user/*.cruds patient/*.cruds openid';
    expect(granted(all, client('app', all))).toBe('user/*.cruds patient/*.cruds openid');
    expect(granted(all, client('backend', all))).toBe('system/*.cruds');
  });

  it('hold no context that this server can’t give, and nothing that is not wholly understood', () => {
    const scope = 'launch launch/patient launch/encounter openid patient/*.rs';
    expect(granted(`${scope} patient/Observation.rs patient/Patient.sr`, client('app', scope))).toBe(
      'launch launch/patient openid patient/*.rs',
    );
  });

  it('let only backend services that are registered for it ask about tokens', () => {
    expect(granted('__introspect', client('backend', '__introspect'))).toBe('__introspect');
    expect(granted('__introspect', client('backend', 'system/*.rs'))).toBe('');
    expect(granted('__introspect', client('app', '__introspect'))).toBe('');
  });
});
