/** The rules for client assertions that oidc-provider doesn't know (SMART App Launch 2.2, client-confidential-asymmetric.html). */
import { type Configuration, errors } from 'oidc-provider';
import { assertionFault } from './client-assertion.ts';
import type { ProviderParts } from './parts.ts';

type Assert = NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']>;

export const assertionRules =
  ({ clients, clientKeys, addresses }: Pick<ProviderParts, 'clients' | 'clientKeys' | 'addresses'>): Assert =>
  async (_context, claims, header, { clientId }) => {
    const authentication = (await clients.find(clientId))?.authentication;
    if (authentication?.method !== 'private-key') throw new errors.InvalidClientAuth('client has no keys');
    const fault = assertionFault(
      { header, claims },
      {
        clientId,
        audience: addresses.url('/token'),
        keysUrl: authentication.keys.kind === 'url' ? authentication.keys.url : undefined,
        kids: (await clientKeys(authentication.keys)).map(({ kid }) => kid),
        now: Math.floor(Date.now() / 1000),
      },
    );
    if (fault !== undefined) throw new errors.InvalidClientAuth(fault);
  };
