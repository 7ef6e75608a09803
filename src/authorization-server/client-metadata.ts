/** Client metadata as files and requests have them (RFC 7591, 2; SMART App Launch 2.2, client registration), read with reasons. */
import type { JWK } from 'jose';
import { parseScope } from '../auth/scope.ts';
import { isPrivateHost } from './private-host.ts';
import { type ClientAuthentication, type ClientKeys, hashSecret, type RegisteredClient } from './registered-client.ts';
import { INTROSPECT_SCOPE, type IsResourceType } from './scope-policy.ts';

/** What is wrong with the metadata of a client; `code` is RFC 7591's. */
export class ClientMetadataError extends Error {
  readonly code: 'invalid_client_metadata' | 'invalid_redirect_uri';

  constructor(message: string, code: ClientMetadataError['code'] = 'invalid_client_metadata') {
    super(message);
    this.code = code;
  }
}

export interface MetadataPolicy {
  readonly isResourceType: IsResourceType;
  /** Whether keys may be fetched over http and from this machine: where the issuer itself is on it. */
  readonly allowLoopbackKeys: boolean;
}

type Metadata = Readonly<Record<string, unknown>>;

/** Secrets are compared by a fast hash, so they must be past guessing. */
const SHORTEST_SECRET = 32;

/** @throws ClientMetadataError that names what is wrong. */
export function parseClientMetadata(metadata: Metadata, policy: MetadataPolicy): RegisteredClient {
  const id = text(metadata, 'client_id');
  if (!id || !/^[\w.:/-]{1,200}$/.test(id)) throw new ClientMetadataError('client_id must be a name without spaces.');
  const purpose = parsePurpose(metadata);
  const authentication = parseAuthentication(metadata, policy);
  if (purpose === 'backend' && authentication.method === 'none') {
    throw new ClientMetadataError('A backend service needs keys: token_endpoint_auth_method must be private_key_jwt.');
  }
  return {
    id,
    name: text(metadata, 'client_name') ?? id,
    purpose,
    authentication,
    redirectUris: parseRedirectUris(metadata, purpose),
    launchUrl: parseLaunchUrl(metadata),
    scopes: parseScopeList(metadata, policy, purpose),
  };
}

function text(metadata: Metadata, name: string): string | undefined {
  const value = metadata[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw new ClientMetadataError(`${name} must be a text.`);
  return value;
}

function texts(metadata: Metadata, name: string): readonly string[] | undefined {
  const value = metadata[name];
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) {
    throw new ClientMetadataError(`${name} must be a list of texts.`);
  }
  return value as string[];
}

const GRANTS = new Set(['authorization_code', 'refresh_token', 'client_credentials']);

function parsePurpose(metadata: Metadata): RegisteredClient['purpose'] {
  const grants = texts(metadata, 'grant_types') ?? ['authorization_code'];
  const stranger = grants.find((grant) => !GRANTS.has(grant));
  if (stranger !== undefined) throw new ClientMetadataError('grant_types holds one that is not served.');
  const isBackend = grants.includes('client_credentials');
  if (isBackend && grants.length > 1) {
    throw new ClientMetadataError('A client is an app of people or a backend service: register two.');
  }
  return isBackend ? 'backend' : 'app';
}

function parseAuthentication(metadata: Metadata, policy: MetadataPolicy): ClientAuthentication {
  const method = text(metadata, 'token_endpoint_auth_method') ?? 'client_secret_basic';
  if (method === 'none') return { method };
  if (method === 'private_key_jwt') return { method: 'private-key', keys: parseKeys(metadata, policy) };
  if (method !== 'client_secret_basic' && method !== 'client_secret_post') {
    throw new ClientMetadataError(
      'token_endpoint_auth_method must be none, client_secret_basic, client_secret_post or private_key_jwt.',
    );
  }
  const secret = text(metadata, 'client_secret') ?? '';
  if (secret.length < SHORTEST_SECRET) {
    throw new ClientMetadataError(`client_secret must have ${SHORTEST_SECRET} characters or more.`);
  }
  return { method: 'secret', hash: hashSecret(secret) };
}

function parseKeys(metadata: Metadata, { allowLoopbackKeys }: MetadataPolicy): ClientKeys {
  const url = text(metadata, 'jwks_uri');
  const set = metadata['jwks'] as { readonly keys?: unknown } | undefined;
  if ((url === undefined) === (set === undefined)) throw new ClientMetadataError('Give either jwks_uri or jwks.');
  if (url !== undefined) return { kind: 'url', url: parseKeysUrl(url, allowLoopbackKeys) };
  if (!Array.isArray(set?.keys) || set.keys.length === 0 || !set.keys.every(isPublicKey)) {
    throw new ClientMetadataError('jwks must hold public RSA or EC keys, each with a kid.');
  }
  return { kind: 'inline', keys: set.keys };
}

function isPublicKey(value: unknown): value is JWK {
  const key = (value ?? {}) as Readonly<Record<string, unknown>>;
  return (key['kty'] === 'RSA' || key['kty'] === 'EC') && typeof key['kid'] === 'string' && key['d'] === undefined;
}

function parseKeysUrl(text: string, allowLoopback: boolean): string {
  const url = parseUrl(text);
  if (!url || url.username || url.hash) throw new ClientMetadataError('jwks_uri must be a URL.');
  if (allowLoopback && isLoopback(url.hostname) && /^https?:$/.test(url.protocol)) return text;
  if (url.protocol !== 'https:' || isPrivateHost(url.hostname)) {
    throw new ClientMetadataError('jwks_uri must begin with https:// and name a public host.');
  }
  return text;
}

const parseUrl = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);

function parseRedirectUris(metadata: Metadata, purpose: RegisteredClient['purpose']): readonly string[] {
  const uris = texts(metadata, 'redirect_uris') ?? [];
  if (purpose === 'app' && uris.length === 0) {
    throw new ClientMetadataError('An app needs redirect_uris.', 'invalid_redirect_uri');
  }
  const bad = uris.findIndex((uri) => !isRedirectUri(uri));
  if (bad < 0) return uris;
  throw new ClientMetadataError(
    `redirect_uris[${bad}] must begin with https://, or be http:// on this machine, or have a scheme of the app's own with a dot in it; without user, fragment or wildcard.`,
    'invalid_redirect_uri',
  );
}

/** RFC 8252, 7: claimed https, loopback, or a private-use scheme that begins with a domain name in reverse. */
function isRedirectUri(text: string): boolean {
  const url = parseUrl(text);
  if (!url || text.includes('#') || text.includes('*') || url.username || url.password) return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' ? isLoopback(url.hostname) : /^[a-z][a-z0-9+-]*\.[a-z0-9.+-]+:$/.test(url.protocol);
}

function parseLaunchUrl(metadata: Metadata): string | undefined {
  const launchUrl = text(metadata, 'launch_url');
  if (launchUrl !== undefined && !(isRedirectUri(launchUrl) && /^https?:/.test(launchUrl))) {
    throw new ClientMetadataError('launch_url must begin with https://, or be http:// on this machine.');
  }
  return launchUrl;
}

function parseScopeList(
  metadata: Metadata,
  { isResourceType }: MetadataPolicy,
  purpose: RegisteredClient['purpose'],
): readonly string[] {
  const scopes = (text(metadata, 'scope') ?? '').split(' ').filter((scope) => scope !== '');
  const bad = scopes.findIndex((scope) => scope !== INTROSPECT_SCOPE && !parseScope(scope, isResourceType));
  if (bad >= 0) throw new ClientMetadataError(`scope holds one that is not a SMART scope, at place ${bad + 1}.`);
  const isForBackend = (scope: string) => scope === INTROSPECT_SCOPE || scope.startsWith('system/');
  if (scopes.some((scope) => isForBackend(scope) !== (purpose === 'backend'))) {
    throw new ClientMetadataError('A backend service gets system/ scopes, an app of people gets the others.');
  }
  if (scopes.length === 0) throw new ClientMetadataError('scope must say the widest scopes that the client may get.');
  return scopes;
}
