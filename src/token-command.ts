/** `token`: an access token of the embedded authorization server, alone on standard output (RFC 9068). */
import { parseArgs } from 'node:util';
import { addressesOf } from './authorization-server/addresses.ts';
import { registeredClients } from './authorization-server/clients.ts';
import { readFhirBase } from './authorization-server/installation.ts';
import { issueToken, TokenRefused, type TokenRequest } from './authorization-server/issue-token.ts';
import { loadSigningKeys } from './authorization-server/signing-keys.ts';
import { recordedUsers } from './authorization-server/users.ts';
import { authorizationRecords, metadataPolicy, patientsOf, readClients } from './compose-authorization.ts';
import { ConfigError } from './config.ts';
import { isResourceType } from './definitions/resource-types.ts';
import { type Registry, withRegistry } from './with-registry.ts';

export const TOKEN_USAGE =
  'token --client <id> --scope "<scopes>" [--patient <id>] [--user <name>]   print an access token';

/** Answers 0 where it printed a token. @throws ConfigError that says why there is none. */
export async function tokenCommand(args: readonly string[], root: URL): Promise<number> {
  const request = readRequest(args);
  const token = await withRegistry(root, (registry) => issueFrom(registry, request));
  process.stdout.write(`${token}\n`);
  return 0;
}

function readRequest(args: readonly string[]): TokenRequest {
  const text = { type: 'string' } as const;
  try {
    const options = { client: text, scope: text, patient: text, user: text };
    const { client, scope, ...rest } = parseArgs({ args: [...args], options }).values;
    if (client !== undefined && scope !== undefined) return { client, scope, ...rest };
  } catch {
    // Answered below: the usage says what can be given.
  }
  throw new ConfigError(`Usage: npm run jenner -- ${TOKEN_USAGE}`);
}

async function issueFrom({ jenner, config, baseUrl }: Registry, request: TokenRequest): Promise<string> {
  const records = await authorizationRecords(jenner);
  // The running server's, whatever the port that this command was told.
  const fhirBase = (await readFhirBase(records)) ?? baseUrl;
  const issuing = {
    issuer: addressesOf(fhirBase).issuer,
    fhirBase,
    keys: await loadSigningKeys(records),
    clients: registeredClients(records, await readClients(config.clientsFile, metadataPolicy(fhirBase))),
    users: recordedUsers(records),
    patients: patientsOf(jenner, fhirBase),
    isResourceType,
  };
  return issueToken(issuing, request).catch((error) => {
    throw error instanceof TokenRefused ? new ConfigError(error.message) : error;
  });
}
