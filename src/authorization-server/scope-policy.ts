/** Which of the scopes that a client asks for may be granted to it (SMART App Launch 2.2, scopes-and-launch-context.html; Backend Services, 4). */
import { parseScope, type ResourceScope, type Scope } from '../auth/scope.ts';
import type { RegisteredClient } from './registered-client.ts';

export type IsResourceType = (name: string) => boolean;

/** The right to ask this server about any token (RFC 7662); a name of our own, so with two underscores. */
export const INTROSPECT_SCOPE = '__introspect';

/** Scopes of OpenID Connect, which oidc-provider keeps apart from those of FHIR. */
export const OPENID_SCOPES: readonly string[] = ['openid', 'profile', 'fhirUser', 'offline_access'];

/** What of the scopes asked for can be granted, as they were written, each once. */
export function grantableScopes(
  asked: string,
  client: RegisteredClient,
  isResourceType: IsResourceType,
): readonly string[] {
  const allowed = client.scopes.flatMap((text) => parseScope(text, isResourceType) ?? []);
  return [...new Set(asked.split(' '))].filter((text) => isGrantable(text, { client, allowed, isResourceType }));
}

interface Policy {
  readonly client: RegisteredClient;
  readonly allowed: readonly Scope[];
  readonly isResourceType: IsResourceType;
}

function isGrantable(text: string, { client, allowed, isResourceType }: Policy): boolean {
  if (text === INTROSPECT_SCOPE) return client.purpose === 'backend' && client.scopes.includes(text);
  const scope = parseScope(text, isResourceType);
  if (!scope) return false;
  if (scope.kind === 'resource') return isOfPurpose(scope, client) && covers(allowed, scope);
  if (client.purpose === 'backend' || !client.scopes.includes(text)) return false;
  return scope.kind === 'identity' || isServedLaunch(scope);
}

/** Patient is the one context that this server gives. */
const isServedLaunch = ({ context, role }: Extract<Scope, { kind: 'launch' }>): boolean =>
  role === undefined && (context === undefined || context === 'patient');

/** There is nobody behind a backend client, and nobody behind an app is a system. */
const isOfPurpose = ({ level }: ResourceScope, { purpose }: RegisteredClient): boolean =>
  (level === 'system') === (purpose === 'backend');

function covers(allowed: readonly Scope[], asked: ResourceScope): boolean {
  const wide = allowed.filter((scope): scope is ResourceScope => scope.kind === 'resource' && isWider(scope, asked));
  return [...asked.permissions].every((permission) => wide.some(({ permissions }) => permissions.has(permission)));
}

/** Whether all that a scope says of level, type and content holds for the other, letters aside. */
const isWider = (wide: ResourceScope, { level, resourceType, constraints }: ResourceScope): boolean =>
  wide.level === level &&
  (wide.resourceType === '*' || wide.resourceType === resourceType) &&
  wide.constraints.every(({ name, value }) => constraints.some((one) => one.name === name && one.value === value));

/** Whether the scopes make no sense without a patient in context. */
export const needPatient = (scopes: readonly string[]): boolean =>
  scopes.some((scope) => scope === 'launch/patient' || scope.startsWith('patient/'));
