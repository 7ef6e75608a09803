/** The embedded authorization server (SMART App Launch 2.2), for development, demonstrations and small sites. */
import type { RequestListener } from 'node:http';
import type { JWK } from 'jose';
import type { Log } from '../log.ts';
import { addressesOf } from './addresses.ts';
import { clientKeyCache } from './client-keys.ts';
import { registeredClients } from './clients.ts';
import { formTokens } from './form-tokens.ts';
import { recordedContexts } from './grant-contexts.ts';
import { saveFhirBase } from './installation.ts';
import { recordedLaunches } from './launches.ts';
import { LIFETIMES, secondsFromNow } from './lifetimes.ts';
import { authorizationListener } from './listener.ts';
import { recordedThrottle } from './login-throttle.ts';
import type { Parts, ProviderParts, RegistrationPolicy } from './parts.ts';
import type { Patients } from './patients.ts';
import { createProvider } from './provider.ts';
import type { RecordStore } from './record-store.ts';
import type { RegisteredClient } from './registered-client.ts';
import type { Revocations } from './revocations.ts';
import type { IsResourceType } from './scope-policy.ts';
import { loadSecret, loadSigningKeys, publicJwk, type SigningKey } from './signing-keys.ts';
import { recordedUsers } from './users.ts';

export interface AuthorizationServerOptions {
  readonly records: RecordStore;
  readonly revocations: Revocations;
  readonly patients: Patients;
  /** This server's FHIR base URL, without a slash at its end. */
  readonly fhirBase: string;
  readonly isResourceType: IsResourceType;
  /** Clients of the operator's file. */
  readonly clients: readonly RegisteredClient[];
  readonly registration: RegistrationPolicy;
  readonly log: Log;
}

export interface AuthorizationServer {
  readonly issuer: string;
  /** Answers what is below `AUTHORIZATION_PATH`; its URLs begin after that. */
  readonly listener: RequestListener;
  /** The public keys of its tokens as they are now, for who checks tokens in this process. */
  publicKeys(): readonly JWK[];
  /** Whether web pages of this origin belong to a registered app. */
  isAppOrigin(origin: string): boolean;
  close(): void;
}

/** How often this server looks for keys and clients that another one, or the command line, has made. */
const REFRESH_MS = 10_000;

export async function startAuthorizationServer(options: AuthorizationServerOptions): Promise<AuthorizationServer> {
  const { records, log, fhirBase, registration } = options;
  await saveFhirBase(records, fhirBase);
  const shared = providerParts(options);
  const cookieKey = await loadSecret(records, 'cookies');
  const build = (keys: readonly SigningKey[]) => ({ provider: createProvider(shared, keys, cookieKey), keys });
  let current = build(await loadSigningKeys(records));
  await shared.clients.refresh();
  const refresh = async () => {
    await shared.clients.refresh();
    const keys = await loadSigningKeys(records);
    if (namesOf(keys) !== namesOf(current.keys)) current = build(keys);
  };
  const timer = setInterval(() => {
    refresh().catch((error) => log.warn('keys and clients could not be read; those known stay in use', { error }));
  }, REFRESH_MS).unref();
  const parts: Parts = {
    ...shared,
    registration,
    throttle: recordedThrottle(records),
    forms: formTokens(await loadSecret(records, 'forms'), shared.addresses),
    current: () => current,
  };
  return {
    issuer: addressesOf(fhirBase).issuer,
    listener: authorizationListener(parts),
    publicKeys: () => current.keys.map(publicJwk),
    isAppOrigin: shared.clients.isAppOrigin,
    close: () => clearInterval(timer),
  };
}

const namesOf = (keys: readonly SigningKey[]): string => keys.map(({ kid }) => kid).join(' ');

function providerParts(options: AuthorizationServerOptions): ProviderParts {
  const { records, revocations, patients, fhirBase, isResourceType, clients, log } = options;
  const contexts = recordedContexts(records);
  return {
    addresses: addressesOf(fhirBase),
    records,
    revocations,
    patients,
    isResourceType,
    log,
    contexts,
    clients: registeredClients(records, clients),
    clientKeys: clientKeyCache(),
    users: recordedUsers(records),
    launches: recordedLaunches(records),
    endGrant: async (grant) => {
      // First, so that no token of it is taken while the rest goes.
      await revocations.revokeGrant(grant, secondsFromNow(2 * LIFETIMES.userAccessToken));
      await Promise.all([
        records.delete('Grant', grant),
        records.deleteLinked('RefreshToken', 'grant', grant),
        records.deleteLinked('AuthorizationCode', 'grant', grant),
        contexts.delete(grant),
      ]);
    },
  };
}
