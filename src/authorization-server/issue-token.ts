/** Access tokens for scripts, issued by whoever runs the server: with the same rules for scopes and patients as for apps (RFC 9068). */
import type { Clients } from './clients.ts';
import { LIFETIMES } from './lifetimes.ts';
import { signOwnToken, type TokenSubject } from './own-token.ts';
import type { Patients } from './patients.ts';
import type { RegisteredClient } from './registered-client.ts';
import { grantableScopes, type IsResourceType, needPatient } from './scope-policy.ts';
import type { SigningKey } from './signing-keys.ts';
import type { User, Users } from './users.ts';

export interface TokenRequest {
  readonly client: string;
  /** Separated by spaces. */
  readonly scope: string;
  readonly patient?: string | undefined;
  readonly user?: string | undefined;
}

export interface TokenIssuing {
  readonly issuer: string;
  readonly fhirBase: string;
  readonly keys: readonly SigningKey[];
  readonly clients: Clients;
  readonly users: Users;
  readonly patients: Patients;
  readonly isResourceType: IsResourceType;
}

/** A request that no token can be issued for; the message says why. */
export class TokenRefused extends Error {}

/** @throws TokenRefused */
export async function issueToken(issuing: TokenIssuing, request: TokenRequest): Promise<string> {
  const client = await issuing.clients.find(request.client);
  if (!client) throw new TokenRefused(`There is no client ${request.client}.`);
  const scopes = checkScopes(issuing, client, request.scope);
  const person = client.purpose === 'backend' ? nobody(client, request) : await personOf(issuing, request, scopes);
  const subject = { ...person, client_id: client.id, scope: scopes.join(' ') };
  const seconds = client.purpose === 'backend' ? LIFETIMES.backendAccessToken : LIFETIMES.userAccessToken;
  return signOwnToken(subject, issuing.keys, { ...issuing, seconds });
}

function checkScopes({ isResourceType }: TokenIssuing, client: RegisteredClient, asked: string): readonly string[] {
  const scopes = asked.split(/\s+/).filter((scope) => scope !== '');
  const granted = grantableScopes(scopes.join(' '), client, isResourceType);
  const refused = scopes.filter((scope) => !granted.includes(scope));
  if (scopes.length === 0) throw new TokenRefused('Say what the token may do: --scope "system/*.rs".');
  if (refused.length > 0) throw new TokenRefused(`${client.id} can't be granted ${refused.join(' ')}.`);
  return granted;
}

type Person = Pick<TokenSubject, 'sub' | 'patient' | 'fhirUser'>;

function nobody({ id }: RegisteredClient, { patient, user }: TokenRequest): Person {
  if (patient === undefined && user === undefined) return { sub: id };
  throw new TokenRefused(`${id} is a backend service: it acts for itself, without --user and --patient.`);
}

async function personOf(issuing: TokenIssuing, request: TokenRequest, scopes: readonly string[]): Promise<Person> {
  const { user, patient } = request;
  if (patient === undefined && needPatient(scopes))
    throw new TokenRefused('These scopes need a patient: --patient <id>.');
  if (user !== undefined) return userSubject(issuing, await knownUser(issuing, user), patient);
  if (patient === undefined)
    throw new TokenRefused('Say whose token it is: --user <name>, or --patient <id> for the patient’s own.');
  if (!(await issuing.patients.find(patient))) throw new TokenRefused(`There is no patient ${patient}.`);
  return { sub: `Patient/${patient}`, patient, fhirUser: `Patient/${patient}` };
}

async function knownUser({ users }: TokenIssuing, name: string): Promise<User> {
  const user = await users.find(name);
  if (!user) throw new TokenRefused(`There is no user ${name}.`);
  return user;
}

async function userSubject({ patients }: TokenIssuing, user: User, patient: string | undefined): Promise<Person> {
  if (patient === undefined) return { sub: user.name, fhirUser: user.fhirUsers[0] };
  const fhirUser = await patients.roleFor(user, patient);
  if (fhirUser === undefined) throw new TokenRefused(`There is no patient ${patient} whom ${user.name} may choose.`);
  return { sub: user.name, patient, fhirUser };
}
