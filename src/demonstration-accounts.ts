/** People who can log in to the demonstration, and apps that can ask them (SMART App Launch 2.2). Nobody here is real. */
import { createHmac } from 'node:crypto';
import { type MetadataPolicy, parseClientMetadata } from './authorization-server/client-metadata.ts';
import { registeredClients } from './authorization-server/clients.ts';
import type { RecordStore } from './authorization-server/record-store.ts';
import { loadSecret } from './authorization-server/signing-keys.ts';
import { recordedUsers, type User } from './authorization-server/users.ts';

/** What a person needs to try the demonstration; the same at every start of an installation, and its own. */
export interface DemonstrationAccounts {
  readonly users: readonly (Pick<User, 'name' | 'role'> & { readonly password: string })[];
  readonly clients: readonly { readonly id: string; readonly secret: string | undefined }[];
}

const USERS: readonly User[] = [
  {
    name: 'paediatrician',
    displayName: 'Desmond Achterberg',
    role: 'paediatrician',
    fhirUsers: ['Practitioner/desmond-achterberg'],
  },
  { name: 'nurse', displayName: 'Dorothea Lamb', role: 'school nurse', fhirUsers: ['Practitioner/dorothea-lamb'] },
  {
    name: 'epidemiologist',
    displayName: 'Orrin Tully',
    role: 'registry epidemiologist',
    fhirUsers: ['Practitioner/orrin-tully'],
  },
  { name: 'patient', displayName: 'Ambrose Tozer', role: 'adult patient', fhirUsers: ['Patient/ambrose-tozer'] },
  {
    name: 'parent',
    displayName: 'Rosalind Tozer',
    role: 'parent of two',
    fhirUsers: ['Patient/rosalind-tozer', 'RelatedPerson/beatriz-tozer-mother', 'RelatedPerson/benito-tozer-mother'],
  },
];

const APP_SCOPE = 'openid profile fhirUser offline_access online_access launch launch/patient patient/*.rs';

const CLIENTS = [
  {
    client_id: 'demo-backend',
    client_name: 'Demonstration: a system of the health department',
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_basic',
    scope: 'system/*.cruds __introspect',
  },
  {
    client_id: 'demo-ehr-app',
    client_name: 'Demonstration: an app within an EHR',
    token_endpoint_auth_method: 'client_secret_basic',
    redirect_uris: ['http://localhost:9000/', 'http://127.0.0.1:9000/'],
    launch_url: 'http://localhost:9000/launch.html',
    scope: `${APP_SCOPE} patient/*.cruds user/*.cruds`,
  },
  {
    client_id: 'demo-patient-app',
    client_name: 'Demonstration: an app for patients',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['http://localhost:9000/', 'http://127.0.0.1:9000/'],
    launch_url: 'http://localhost:9000/launch.html',
    scope: `${APP_SCOPE} user/*.rs`,
  },
];

/** Makes the accounts where they are missing. */
export async function demonstrationAccounts(
  records: RecordStore,
  policy: MetadataPolicy,
): Promise<DemonstrationAccounts> {
  const secret = await loadSecret(records, 'demonstration');
  const users = recordedUsers(records);
  const withPasswords = USERS.map((user) => ({ user, password: passwordOf(secret, user.name) }));
  for (const { user, password } of withPasswords) {
    if (!(await users.find(user.name))) await users.save(user, password);
  }
  return {
    users: withPasswords.map(({ user: { name, role }, password }) => ({ name, role, password })),
    clients: await saveClients(records, policy, secret),
  };
}

async function saveClients(
  records: RecordStore,
  policy: MetadataPolicy,
  secret: string,
): Promise<DemonstrationAccounts['clients']> {
  const clients = registeredClients(records, []);
  const withSecrets = CLIENTS.map((metadata) => ({
    ...metadata,
    ...(metadata.token_endpoint_auth_method === 'none' ? {} : { client_secret: derive(secret, metadata.client_id) }),
  }));
  for (const metadata of withSecrets) await clients.save(parseClientMetadata(metadata, policy));
  return withSecrets.map((metadata) => ({
    id: metadata.client_id,
    secret: 'client_secret' in metadata ? metadata.client_secret : undefined,
  }));
}

const derive = (secret: string, name: string): string => createHmac('sha256', secret).update(name).digest('base64url');

/** Easy to type: letters and digits that can't be mistaken for each other, 75 bits of them. */
function passwordOf(secret: string, name: string): string {
  const bytes = createHmac('sha256', secret).update(`password of ${name}`).digest();
  const letters = [...bytes.subarray(0, 15)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return letters.replace(/(.{5})(?=.)/g, '$1-');
}

const ALPHABET = 'abcdefghjkmnpqrstuvwxyz123456789';
