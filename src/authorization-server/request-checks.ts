/** The parameters of an authorization request that SMART adds (SMART App Launch 2.2, app-launch.html#obtain-authorization-code). */
import { type Configuration, errors } from 'oidc-provider';
import type { ProviderParts } from './parts.ts';

type ExtraParams = Extract<NonNullable<Configuration['extraParams']>, { [name: string]: unknown }>;

/** `aud` names this server; `launch` is a launch of this client that is still good. */
export const requestChecks = ({ addresses, launches }: Pick<ProviderParts, 'addresses' | 'launches'>): ExtraParams => ({
  aud: (_context, value) => {
    if (value === undefined) throw new errors.InvalidRequest('aud is missing: it must be the FHIR base URL');
    if (!addresses.audiences.includes(value)) {
      throw new errors.InvalidRequest('aud must be the FHIR base URL of this server');
    }
  },
  launch: async (context, value, client) => {
    const isAsked = context.oidc.requestParamScopes.has('launch');
    if (!isAsked) return;
    const launch = value === undefined ? undefined : await launches.find(value);
    if (launch?.clientId !== client.clientId) {
      throw new errors.InvalidRequest('launch is missing, unknown, used already or too old');
    }
  },
});
