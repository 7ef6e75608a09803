/** The scopes of SMART App Launch 2.2 (scopes-and-launch-context.html), versions 1 and 2, read strictly: what is not wholly understood is no scope. */

/** Whose permissions a scope hands on: of the patient in context, of the user, of the client itself. */
export type ScopeLevel = 'patient' | 'user' | 'system';

/** create, read (with vread and the history of one resource), update (with patch), delete, search (with other histories). */
export type Permission = 'c' | 'r' | 'u' | 'd' | 's';

/** One `name=value` of a scope: a search parameter without modifier or chain. */
export interface ScopeConstraint {
  readonly name: string;
  readonly value: string;
}

export interface ResourceScope {
  readonly kind: 'resource';
  readonly level: ScopeLevel;
  /** A resource type, or `*` for all of them. */
  readonly resourceType: string;
  readonly permissions: ReadonlySet<Permission>;
  /** All must hold; none for a scope without `?`. */
  readonly constraints: readonly ScopeConstraint[];
}

/** `launch` of an EHR launch, or `launch/patient`, `launch/encounter` and so on. */
export interface LaunchScope {
  readonly kind: 'launch';
  /** A resource type in lower case; undefined for plain `launch`. */
  readonly context: string | undefined;
  readonly role: string | undefined;
}

const IDENTITY_SCOPES = ['openid', 'profile', 'fhirUser', 'offline_access', 'online_access'] as const;
export interface IdentityScope {
  readonly kind: 'identity';
  readonly name: (typeof IDENTITY_SCOPES)[number];
}

export type Scope = ResourceScope | LaunchScope | IdentityScope;

/** Whether a name is that of a resource type which scopes may name. */
export type IsResourceType = (name: string) => boolean;

/** The space-separated list of a request or token, without what is no scope, each once. */
export function parseScopes(text: string, isResourceType: IsResourceType): readonly Scope[] {
  return [...new Set(text.split(' '))].flatMap((scope) => parseScope(scope, isResourceType) ?? []);
}

/** Undefined for anything but a whole scope: a part of a string never counts, since `.rs` of `.rsx` would grant. */
export function parseScope(text: string, isResourceType: IsResourceType): Scope | undefined {
  if (text.length > LONGEST) return undefined;
  const identity = IDENTITY_SCOPES.find((name) => name === text);
  if (identity) return { kind: 'identity', name: identity };
  return parseLaunchScope(text) ?? parseResourceScope(text, isResourceType);
}

/** Characters of one scope; those of version 2 can hold a long canonical and a code. */
const LONGEST = 2048;

const LAUNCH = /^launch(?:\/([a-z]{1,64})(?:\?role=([!#-[\]-~]{1,256}))?)?$/;

function parseLaunchScope(text: string): LaunchScope | undefined {
  const [whole, context, role] = LAUNCH.exec(text) ?? [];
  return whole === undefined ? undefined : { kind: 'launch', context, role };
}

const RESOURCE = /^(patient|user|system)\/([A-Z][A-Za-z]{0,63}|\*)\.(read|write|\*|[cruds]{1,5})(?:\?([!#-[\]-~]+))?$/;

function parseResourceScope(text: string, isResourceType: IsResourceType): ResourceScope | undefined {
  const [, level, resourceType, letters, query] = RESOURCE.exec(text) ?? [];
  if (level === undefined || resourceType === undefined || letters === undefined) return undefined;
  if (resourceType !== '*' && !isResourceType(resourceType)) return undefined;
  const permissions = parsePermissions(letters);
  const constraints = query === undefined ? [] : parseConstraints(query, letters, resourceType);
  if (!permissions || !constraints) return undefined;
  return { kind: 'resource', level: level as ScopeLevel, resourceType, permissions, constraints };
}

/** What the words of version 1 stand for in letters. */
const VERSION_1: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };

/** Letters in the order of `cruds`, each once. */
function parsePermissions(letters: string): ReadonlySet<Permission> | undefined {
  const inOrder = VERSION_1[letters] ?? letters;
  return /^c?r?u?d?s?$/.test(inOrder) ? new Set(inOrder as Iterable<Permission>) : undefined;
}

/** Only version 2 has constraints, and only a type has the parameters that they are made of. */
function parseConstraints(
  query: string,
  letters: string,
  resourceType: string,
): readonly ScopeConstraint[] | undefined {
  if (letters in VERSION_1 || resourceType === '*') return undefined;
  const constraints = query.split('&').map(parseConstraint);
  return constraints.every((constraint) => constraint !== undefined) ? constraints : undefined;
}

/** Of the parameters for every type, those that are about the resource alone. */
const COMMON = new Set(['_id', '_lastUpdated', '_tag', '_profile', '_security', '_source']);

function parseConstraint(pair: string): ScopeConstraint | undefined {
  const [, name = '', encoded = ''] = /^([A-Za-z_][A-Za-z0-9_-]{0,63})=(.+)$/.exec(pair) ?? [];
  const value = decode(encoded);
  if (!name || !value || (name.startsWith('_') && !COMMON.has(name))) return undefined;
  return { name, value };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
