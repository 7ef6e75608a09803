/** Introspection and revocation (RFC 7662, RFC 7009; SMART App Launch 2.2, token-introspection.html): for tokens that are JWTs, which oidc-provider does not look into. */
import type { AccessTokenClaims } from '../auth/claims.ts';
import { authenticateClient } from './client-authentication.ts';
import { type Exchange, readForm, sendJson } from './exchange.ts';
import { contextParameters } from './grant-contexts.ts';
import { readOwnToken } from './own-token.ts';
import type { Parts } from './parts.ts';
import { INTROSPECT_SCOPE } from './scope-policy.ts';

const INACTIVE = { active: false };

/** `POST /introspect`: any token for who may ask about all, a client's own for the client. */
export async function answerIntrospect(parts: Parts, exchange: Exchange): Promise<void> {
  const form = await readForm(exchange);
  const asker = await askerOf(parts, exchange, form);
  if (!asker) return refuseClient(parts, exchange);
  const token = form.get('token');
  if (!token) return sendJson(exchange, 400, { error: 'invalid_request', error_description: 'token is missing' });
  const described = await describeToken(parts, token);
  const isTheirs = described !== undefined && (asker.mayAskAll || asker.clientId === described['client_id']);
  sendJson(exchange, 200, isTheirs ? { active: true, ...described } : INACTIVE);
}

interface Asker {
  readonly clientId: string;
  readonly mayAskAll: boolean;
}

/** A confidential client, or whoever has a token for it. */
async function askerOf(parts: Parts, exchange: Exchange, form: URLSearchParams): Promise<Asker | undefined> {
  const [, bearer] = /^Bearer ([\x21-\x7e]+)$/i.exec(exchange.request.headers.authorization ?? '') ?? [];
  if (bearer !== undefined) {
    const claims = await liveToken(parts, bearer);
    if (!claims?.scope.split(' ').includes(INTROSPECT_SCOPE)) return undefined;
    return { clientId: claims.client_id, mayAskAll: true };
  }
  const client = await authenticateClient(parts, { exchange, form });
  if (!client || client.authentication.method === 'none') return undefined;
  return { clientId: client.id, mayAskAll: client.scopes.includes(INTROSPECT_SCOPE) };
}

function refuseClient({ addresses }: Parts, exchange: Exchange): void {
  exchange.response.setHeader('WWW-Authenticate', `Basic realm="${addresses.issuer}"`);
  sendJson(exchange, 401, { error: 'invalid_client', error_description: 'client authentication failed' });
}

/** The claims of an access token of ours that is good now. */
async function liveToken(parts: Parts, token: string): Promise<AccessTokenClaims | undefined> {
  const claims = await readOwnToken(token, parts.current().keys, parts.addresses);
  if (!claims) return undefined;
  const isRevoked = await parts.revocations.isRevoked({ tokenId: claims.jti, grant: claims.grant });
  return isRevoked ? undefined : claims;
}

type Description = Readonly<Record<string, unknown>>;

async function describeToken(parts: Parts, token: string): Promise<Description | undefined> {
  const claims = await liveToken(parts, token);
  if (!claims) return describeRefreshToken(parts, token);
  const { grant, ...open } = claims;
  return { ...open, token_type: 'Bearer', ...(await contextOf(parts, grant)) };
}

async function describeRefreshToken(parts: Parts, token: string): Promise<Description | undefined> {
  const found = await parts.current().provider.RefreshToken.find(token);
  if (!found?.isValid || found.grantId === undefined) return undefined;
  const { clientId, scope, exp, accountId } = found;
  const context = await contextOf(parts, found.grantId);
  return { client_id: clientId, scope, exp, iss: parts.addresses.issuer, sub: accountId, ...context };
}

async function contextOf({ contexts, addresses }: Parts, grant: string | undefined): Promise<Description> {
  const context = grant === undefined ? undefined : await contexts.find(grant);
  if (!context) return {};
  return {
    ...contextParameters(context, addresses.url('/smart-style.json')),
    fhirUser: `${addresses.fhirBase}/${context.fhirUser}`,
  };
}

/** `POST /revoke`: a client gives back its own tokens; of others nothing is said. */
export async function answerRevocation(parts: Parts, exchange: Exchange): Promise<void> {
  const form = await readForm(exchange);
  const client = await authenticateClient(parts, { exchange, form });
  if (!client) return refuseClient(parts, exchange);
  const token = form.get('token');
  if (!token) return sendJson(exchange, 400, { error: 'invalid_request', error_description: 'token is missing' });
  await revokeToken(parts, token, client.id);
  exchange.response.writeHead(200).end();
}

async function revokeToken(parts: Parts, token: string, clientId: string): Promise<void> {
  const claims = await readOwnToken(token, parts.current().keys, parts.addresses);
  if (claims?.client_id === clientId) return parts.revocations.revokeToken(claims.jti, new Date(claims.exp * 1000));
  const refreshToken = await parts.current().provider.RefreshToken.find(token);
  // What came of the grant ends with it (RFC 7009, 2.1).
  if (refreshToken?.clientId === clientId && refreshToken.grantId) await parts.endGrant(refreshToken.grantId);
}
