/** A registered client in oidc-provider's words (OpenID Connect Dynamic Client Registration, 2). */
import type { JWK } from 'jose';
import type { AdapterPayload, ClientAuthMethod } from 'oidc-provider';
import type { RegisteredClient } from './registered-client.ts';

/** Keys come with it, fetched by us: oidc-provider would keep them longer than SMART allows. */
export function toProviderClient(client: RegisteredClient, keys: readonly JWK[]): AdapterPayload {
  const isApp = client.purpose === 'app';
  return {
    client_id: client.id,
    client_name: client.name,
    application_type: client.redirectUris.every((uri) => /^https?:/.test(uri)) ? 'web' : 'native',
    redirect_uris: [...client.redirectUris],
    response_types: isApp ? ['code'] : [],
    grant_types: isApp ? ['authorization_code', 'refresh_token'] : ['client_credentials'],
    ...authenticationOf(client, keys),
  };
}

const METHODS: Readonly<Record<RegisteredClient['authentication']['method'], ClientAuthMethod>> = {
  none: 'none',
  secret: 'client_secret_basic',
  'private-key': 'private_key_jwt',
};

function authenticationOf(
  { authentication }: RegisteredClient,
  keys: readonly JWK[],
): Pick<AdapterPayload, 'token_endpoint_auth_method' | 'client_secret' | 'jwks'> {
  return {
    token_endpoint_auth_method: METHODS[authentication.method],
    // The hash stands in its place: `compareClientSecret` hashes what it gets.
    ...(authentication.method === 'secret' ? { client_secret: authentication.hash } : {}),
    ...(authentication.method === 'private-key' ? { jwks: { keys: [...keys] } } : {}),
  };
}
