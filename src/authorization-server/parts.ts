/** What the endpoints and pages of the authorization server work with. */
import type { Provider } from 'oidc-provider';
import type { Log } from '../log.ts';
import type { Addresses } from './addresses.ts';
import type { FindClientKeys } from './client-keys.ts';
import type { Clients } from './clients.ts';
import type { FormTokens } from './form-tokens.ts';
import type { GrantContexts } from './grant-contexts.ts';
import type { Launches } from './launches.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { Patients } from './patients.ts';
import type { RecordStore } from './record-store.ts';
import type { Revocations } from './revocations.ts';
import type { IsResourceType } from './scope-policy.ts';
import type { SigningKey } from './signing-keys.ts';
import type { Users } from './users.ts';

/** Who may register clients by request: nobody, who has the token, or anybody for apps of people. */
export type RegistrationPolicy =
  | { readonly kind: 'off' }
  | { readonly kind: 'open' }
  | { readonly kind: 'token'; readonly token: string };

export interface Parts {
  readonly addresses: Addresses;
  readonly records: RecordStore;
  readonly clients: Clients;
  readonly clientKeys: FindClientKeys;
  readonly users: Users;
  readonly patients: Patients;
  readonly contexts: GrantContexts;
  readonly launches: Launches;
  readonly revocations: Revocations;
  readonly throttle: LoginThrottle;
  readonly forms: FormTokens;
  readonly isResourceType: IsResourceType;
  readonly registration: RegistrationPolicy;
  readonly log: Log;
  /** Ends a grant with all that came of it. */
  readonly endGrant: (grant: string) => Promise<void>;
  /** oidc-provider and the keys that it signs with now; both change when keys are replaced. */
  readonly current: () => { readonly provider: Provider; readonly keys: readonly SigningKey[] };
}

/** What oidc-provider is made with. */
export type ProviderParts = Omit<Parts, 'current' | 'forms' | 'throttle' | 'registration'>;
