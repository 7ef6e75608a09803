/** The user behind a grant, as id tokens name them (OpenID Connect Core, 2; SMART App Launch 2.2, fhirUser). */
import type { Configuration } from 'oidc-provider';
import type { ProviderParts } from './parts.ts';

type FindAccount = NonNullable<Configuration['findAccount']>;

/** Undefined where the user is gone, or may not act for that patient any more: then codes and refresh tokens are worth nothing. */
export const findAccount =
  ({ users, contexts, patients, addresses }: ProviderParts): FindAccount =>
  async (_context, accountId, token) => {
    const user = await users.find(accountId);
    if (!user) return undefined;
    const grant = token?.grantId;
    const context = grant === undefined ? undefined : await contexts.find(grant);
    const { patient, fhirUser = user.fhirUsers[0] } = context ?? {};
    if (!user.fhirUsers.includes(fhirUser)) return undefined;
    if (patient !== undefined && !(await patients.isOpenTo(fhirUser, patient))) return undefined;
    const claims = { sub: accountId, name: user.displayName, fhirUser: `${addresses.fhirBase}/${fhirUser}` };
    return { accountId, claims: () => claims };
  };
