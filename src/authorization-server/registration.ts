/** Registration of clients by request (RFC 7591), behind a switch. */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { ClientMetadataError, parseClientMetadata } from './client-metadata.ts';
import { type Exchange, readJson, sendJson } from './exchange.ts';
import type { Parts } from './parts.ts';
import type { RegisteredClient } from './registered-client.ts';

const SECRET_BYTES = 32;
/** What an app gets to ask for when it doesn't say. */
const DEFAULT_SCOPE = 'openid fhirUser launch launch/patient online_access patient/*.rs user/*.rs';

/** `POST /register` */
export async function answerRegistration(parts: Parts, exchange: Exchange): Promise<void> {
  const { registration } = parts;
  if (registration.kind === 'off') return sendJson(exchange, 404, { error: 'registration is not served' });
  if (registration.kind === 'token' && !hasToken(exchange, registration.token)) {
    exchange.response.setHeader('WWW-Authenticate', 'Bearer error="invalid_token"');
    return sendJson(exchange, 401, {
      error: 'invalid_token',
      error_description: 'the initial access token is missing or wrong',
    });
  }
  const asked = await readJson(exchange);
  try {
    const answer = await register(parts, asked, registration.kind === 'token');
    sendJson(exchange, 201, answer);
  } catch (error) {
    if (!(error instanceof ClientMetadataError)) throw error;
    sendJson(exchange, 400, { error: error.code, error_description: error.message });
  }
}

function hasToken({ request }: Exchange, expected: string): boolean {
  const [, token = ''] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(token), digest(expected));
}

type Metadata = Readonly<Record<string, unknown>>;

async function register(parts: Parts, asked: Metadata, isTrusted: boolean): Promise<object> {
  const { client_id, client_secret, ...given } = asked;
  const needsSecret = /^client_secret/.test(`${given['token_endpoint_auth_method'] ?? 'client_secret_basic'}`);
  const secret = needsSecret ? { client_secret: randomBytes(SECRET_BYTES).toString('base64url') } : {};
  const metadata = { scope: DEFAULT_SCOPE, ...given, client_id: randomUUID(), ...secret };
  const { isResourceType, addresses } = parts;
  const client = parseClientMetadata(metadata, { isResourceType, allowLoopbackKeys: addresses.isOnLoopback });
  if (!isTrusted) refuseBeyondPolicy(client);
  await parts.clients.save(client);
  return {
    ...answerOf(metadata, given),
    client_id_issued_at: Math.floor(Date.now() / 1000),
    ...(needsSecret ? { client_secret_expires_at: 0 } : {}),
  };
}

const MEMBERS = [
  'client_id',
  'client_secret',
  'scope',
  'client_name',
  'redirect_uris',
  'launch_url',
  'jwks',
  'jwks_uri',
];

/** What was registered (RFC 7591, 3.2.1): what we don't keep is not said back. */
function answerOf(metadata: Metadata, given: Metadata): Metadata {
  return {
    grant_types: given['grant_types'] ?? ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: given['token_endpoint_auth_method'] ?? 'client_secret_basic',
    ...Object.fromEntries(MEMBERS.filter((name) => metadata[name] !== undefined).map((name) => [name, metadata[name]])),
  };
}

/** Whom nobody vouches for gets what a person can grant, for reading. */
function refuseBeyondPolicy({ purpose, scopes }: RegisteredClient): void {
  if (purpose === 'backend') throw new ClientMetadataError('Backend services are registered by the operator.');
  const bad = scopes.findIndex(
    (scope) => scope.startsWith('__') || /\/[^.]*\.(write|\*|[a-z]*[cud][a-z]*)(\?|$)/.test(scope),
  );
  if (bad >= 0) {
    throw new ClientMetadataError(
      `scope may only ask for reading and searching here, and not what is at place ${bad + 1}.`,
    );
  }
}
