/** This FHIR server as what tokens are for (RFC 8707): which scopes a request can get, and how its access tokens look (RFC 9068). */
import { type Configuration, errors } from 'oidc-provider';
import { ACCESS_TOKEN_HEADER } from '../auth/claims.ts';
import type { ProviderParts } from './parts.ts';
import { grantableScopes } from './scope-policy.ts';

type ResourceIndicators = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>;
type GetResourceServerInfo = NonNullable<ResourceIndicators['getResourceServerInfo']>;

export const resourceServerOf =
  ({ addresses, clients, isResourceType }: ProviderParts): GetResourceServerInfo =>
  async (context, resource, { clientId }) => {
    if (resource !== addresses.fhirBase) throw new errors.InvalidTarget();
    const { params, entities } = context.oidc;
    const asked = `${params?.['scope'] ?? entities.AuthorizationCode?.scope ?? entities.RefreshToken?.scope ?? ''}`;
    const client = await clients.find(clientId);
    const scopes = client ? grantableScopes(asked, client, isResourceType) : [];
    if (scopes.length === 0) throw new errors.InvalidScope('none of these scopes can be granted to this client', asked);
    return {
      scope: scopes.join(' '),
      audience: addresses.fhirBase,
      accessTokenFormat: 'jwt',
      jwt: { sign: { alg: ACCESS_TOKEN_HEADER.alg } },
    };
  };
