/** The embedded authorization server on this house's records and registry (SMART App Launch 2.2). */
import { readFile } from 'node:fs/promises';
import { createDirectory } from './access-control.ts';
import { OPEN_ACCESS } from './auth/access-context.ts';
import { findSubject } from './auth/subject.ts';
import { addressesOf } from './authorization-server/addresses.ts';
import type { AuthorizationServer } from './authorization-server/authorization-server.ts';
import {
  ClientMetadataError,
  type MetadataPolicy,
  parseClientMetadata,
} from './authorization-server/client-metadata.ts';
import { smartConfiguration } from './authorization-server/discovery.ts';
import type { RegistrationPolicy } from './authorization-server/parts.ts';
import { type Patients, registryPatients } from './authorization-server/patients.ts';
import type { RecordStore } from './authorization-server/record-store.ts';
import type { RegisteredClient } from './authorization-server/registered-client.ts';
import { type Revocations, recordedRevocations } from './authorization-server/revocations.ts';
import { mongoRecords, prepareRecords } from './authorization-store/mongo-records.ts';
import type { Jenner } from './compose.ts';
import { type Config, ConfigError } from './config.ts';
import { isResourceType } from './definitions/resource-types.ts';
import type { SmartConfiguration } from './definitions/server.ts';
import type { Log } from './log.ts';
import { type Issuer, ownIssuer } from './tokens/issuer.ts';
import { revocationKey } from './tokens/revocations.ts';

export interface AuthorizationComposition {
  readonly config: Pick<Config, 'clientsFile' | 'registration'>;
  /** This server's FHIR base URL, without a slash at its end. */
  readonly baseUrl: string;
  readonly log: Log;
}

/** Where its users, clients, keys and grants are; makes the indexes where they are missing. */
export async function authorizationRecords({ database }: Jenner): Promise<RecordStore> {
  await prepareRecords(database.db);
  return mongoRecords(database.db);
}

/** @throws ConfigError where the file of clients can't be used. */
export async function composeAuthorization(
  jenner: Jenner,
  { config, baseUrl, log }: AuthorizationComposition,
): Promise<AuthorizationServer> {
  const records = await authorizationRecords(jenner);
  // Here, so that commands that only need records don't load oidc-provider.
  const { startAuthorizationServer } = await import('./authorization-server/authorization-server.ts');
  return startAuthorizationServer({
    records,
    revocations: revocationsOf(jenner, records, addressesOf(baseUrl).issuer),
    patients: patientsOf(jenner, baseUrl),
    fhirBase: baseUrl,
    isResourceType,
    clients: await readClients(config.clientsFile, metadataPolicy(baseUrl)),
    registration: registrationPolicy(config.registration),
    log,
  });
}

/** The registry's patients as the authorization server shows them to those who may choose them. */
export const patientsOf = ({ perform, ports }: Jenner, baseUrl: string): Patients => {
  const directory = createDirectory(ports, baseUrl);
  return registryPatients({
    perform,
    caller: { access: OPEN_ACCESS, baseUrl },
    subjectOf: async (fhirUser) => (await findSubject(directory, { fhirUser, baseUrl, now: Date.now() })).subject,
  });
};

/** What apps are told before the server can answer: it follows from the address alone. */
export const embeddedConfiguration = (config: Pick<Config, 'registration'>, baseUrl: string): SmartConfiguration =>
  smartConfiguration({ addresses: addressesOf(baseUrl), registers: config.registration !== 'off' });

/** The embedded authorization server as whose tokens count: its keys are at hand, without a request. */
export const embeddedIssuer = ({ issuer, publicKeys }: AuthorizationServer, baseUrl: string): Issuer =>
  ownIssuer(issuer, baseUrl, async () => ({ keys: [...publicKeys()] }));

/** Revocations that the authorization server sees at once, and everyone who checks tokens within seconds. */
function revocationsOf({ revocations }: Jenner, records: RecordStore, issuer: string): Revocations {
  const own = recordedRevocations(records);
  return {
    isRevoked: own.isRevoked,
    revokeGrant: async (grant, until) => {
      await own.revokeGrant(grant, until);
      await revocations.revoke({ key: revocationKey({ issuer, grant }), until: until.getTime() });
    },
    revokeToken: async (tokenId, until) => {
      await own.revokeToken(tokenId, until);
      await revocations.revoke({ key: revocationKey({ issuer, tokenId }), until: until.getTime() });
    },
  };
}

export const metadataPolicy = (baseUrl: string): MetadataPolicy => ({
  isResourceType,
  allowLoopbackKeys: addressesOf(baseUrl).isOnLoopback,
});

const registrationPolicy = (registration: Config['registration']): RegistrationPolicy =>
  typeof registration === 'string' ? { kind: registration } : { kind: 'token', token: registration.token };

/** The clients of a file: a JSON list of client metadata. */
export async function readClients(
  path: string | undefined,
  policy: MetadataPolicy,
): Promise<readonly RegisteredClient[]> {
  if (path === undefined) return [];
  const list: unknown = await readFile(path, 'utf8')
    .then(JSON.parse)
    .catch(() => undefined);
  if (!Array.isArray(list)) throw new ConfigError(`JENNER_CLIENTS=${path} must be a file with a JSON list of clients.`);
  return list.map((metadata: Readonly<Record<string, unknown>>, index) => {
    try {
      return parseClientMetadata(metadata, policy);
    } catch (error) {
      if (!(error instanceof ClientMetadataError)) throw error;
      throw new ConfigError(`JENNER_CLIENTS=${path}: client ${index + 1}: ${error.message}`);
    }
  });
}
