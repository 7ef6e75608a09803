/** oidc-provider as a SMART issuer (SMART App Launch 2.2): authorization code with PKCE, refresh, client credentials. */
import { type ClientMetadata, type Configuration, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { findAccount } from './account.ts';
import { assertionRules } from './assertion-rules.ts';
import { ASSERTION_ALGORITHMS, CLOCK_TOLERANCE } from './client-assertion.ts';
import { contextParameters } from './grant-contexts.ts';
import { interactionPrompts } from './interaction-prompts.ts';
import { LIFETIMES } from './lifetimes.ts';
import { pageHtml } from './pages/layout.ts';
import { problemPage } from './pages/problem-page.ts';
import type { ProviderParts } from './parts.ts';
import { providerAdapter } from './provider-adapter.ts';
import { toProviderClient } from './provider-client.ts';
import { hashSecret } from './registered-client.ts';
import { requestChecks } from './request-checks.ts';
import { resourceServerOf } from './resource-server.ts';
import { OPENID_SCOPES } from './scope-policy.ts';
import { SESSION_COOKIE } from './session-cookie.ts';
import type { SigningKey } from './signing-keys.ts';

/** @param keys those that sign first */
export function createProvider(parts: ProviderParts, keys: readonly SigningKey[], cookieKey: string): Provider {
  const provider = new Provider(parts.addresses.issuer, {
    ...protocol(parts, keys),
    ...storage(parts),
    ...people(parts),
    ...tokens(parts),
    cookies: { ...SESSION_COOKIE, keys: [cookieKey] },
  });
  // We say ourselves, before it sees a request, by which scheme and host it was called.
  provider.proxy = true;
  provider.Client.prototype.compareClientSecret = async function compare(actual: string) {
    return hashSecret(actual) === this.clientSecret;
  };
  provider.use(answerWithContext(parts));
  provider.on('server_error', (_context, error) => parts.log.error('authorization server failed', { error }));
  return provider;
}

/** What of OAuth is served, and nothing else. */
function protocol(parts: ProviderParts, keys: readonly SigningKey[]): Configuration {
  const off = { enabled: false } as const;
  return {
    jwks: { keys: keys.map(({ jwk }) => jwk) } as NonNullable<Configuration['jwks']>,
    responseTypes: ['code'],
    pkce: { required: () => true },
    scopes: [...OPENID_SCOPES],
    routes: { authorization: '/authorize', token: '/token', jwks: '/jwks' },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: [...ASSERTION_ALGORITHMS], idTokenSigningAlgValues: ['RS256', 'ES256'] },
    clockTolerance: CLOCK_TOLERANCE,
    extraParams: requestChecks(parts),
    assertJwtClientAuthClaimsAndHeader: assertionRules(parts),
    allowOmittingSingleRegisteredRedirectUri: false,
    clientBasedCORS: (_context, origin, client) => (client.redirectUris ?? []).some((uri) => originOf(uri) === origin),
    features: {
      devInteractions: off,
      dPoP: off,
      pushedAuthorizationRequests: off,
      rpInitiatedLogout: off,
      userinfo: off,
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => parts.addresses.fhirBase,
        useGrantedResource: () => true,
        getResourceServerInfo: resourceServerOf(parts),
      },
    },
  };
}

const originOf = (uri: string): string | undefined => (/^https?:/.test(uri) ? new URL(uri).origin : undefined);

function storage({ records, clients, clientKeys, endGrant }: ProviderParts): Configuration {
  const findClient = async (id: string) => {
    const client = await clients.find(id);
    if (!client) return undefined;
    const { authentication } = client;
    return toProviderClient(
      client,
      authentication.method === 'private-key' ? await clientKeys(authentication.keys) : [],
    );
  };
  return { adapter: providerAdapter({ records, findClient, endGrant }) };
}

function people(parts: ProviderParts): Configuration {
  return {
    findAccount: findAccount(parts),
    claims: { openid: ['sub'], fhirUser: ['fhirUser'], profile: ['name'] },
    interactions: {
      policy: interactionPrompts(),
      url: (_context, { uid }) => parts.addresses.url(`/interaction/${uid}`),
    },
    // Each authorization is a grant of its own, since it has a patient of its own.
    loadExistingGrant: async ({ oidc }) => {
      const grant = oidc.result?.consent?.grantId;
      return grant === undefined ? undefined : oidc.provider.Grant.find(grant);
    },
    renderError: (context, out) => {
      context.type = 'html';
      const text = 'The app sent a request that this server can’t serve. Go back to the app and try again.';
      context.body = pageHtml(problemPage({ status: context.status, text, code: out.error_description ?? out.error }));
    },
  };
}

function tokens({ contexts }: ProviderParts): Configuration {
  return {
    rotateRefreshToken: true,
    issueRefreshToken: (_context, client, { scopes }) =>
      client.grantTypeAllowed('refresh_token') && (scopes.has('offline_access') || scopes.has('online_access')),
    expiresWithSession: (_context, { scopes }) => scopes.has('online_access') && !scopes.has('offline_access'),
    extraTokenClaims: async (_context, token) => {
      if (token.kind !== 'AccessToken') return undefined;
      const context = await contexts.find(token.grantId);
      if (!context) return { grant: token.grantId };
      const { patient, fhirUser } = context;
      return { grant: token.grantId, fhirUser, ...(patient === undefined ? {} : { patient }) };
    },
    ttl: {
      AccessToken: LIFETIMES.userAccessToken,
      ClientCredentials: LIFETIMES.backendAccessToken,
      AuthorizationCode: LIFETIMES.code,
      IdToken: LIFETIMES.idToken,
      RefreshToken: LIFETIMES.refreshToken,
      Interaction: LIFETIMES.interaction,
      Session: LIFETIMES.session,
      Grant: (_context, grant) =>
        grant.getOIDCScope().split(' ').includes('offline_access') ? LIFETIMES.offlineGrant : LIFETIMES.onlineGrant,
    },
  };
}

/** Adds the launch context to the answer of the token endpoint, at the first exchange and at each refresh. */
const answerWithContext =
  ({ contexts, addresses }: ProviderParts) =>
  async (context: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next();
    const grant = context.oidc?.route === 'token' ? context.oidc.entities.Grant?.jti : undefined;
    if (grant === undefined || context.status !== 200) return;
    const found = await contexts.find(grant);
    const body = context.body as ClientMetadata;
    if (found) context.body = { ...body, ...contextParameters(found, addresses.url('/smart-style.json')) };
  };
