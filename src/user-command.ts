/** `user`: a person who can log in to the embedded authorization server; the password comes by standard input. */
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { recordedUsers, type User } from './authorization-server/users.ts';
import { authorizationRecords } from './compose-authorization.ts';
import { ConfigError } from './config.ts';
import { withRegistry } from './with-registry.ts';

export const USER_USAGE =
  'user <name> --display "<name>" --role "<role>" --fhir-user <Type/id> [--fhir-user …]   add or change a user; password on standard input';

/** NIST SP 800-63B, 5.1.1.1 asks for eight; longer ones need no other rules. */
const SHORTEST_PASSWORD = 12;

/** Answers 0 where the user is saved. @throws ConfigError that says what is missing. */
export async function userCommand(args: readonly string[], root: URL): Promise<number> {
  const user = readUser(args);
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (password.length < SHORTEST_PASSWORD) {
    throw new ConfigError(`The password, on standard input, must have ${SHORTEST_PASSWORD} characters or more.`);
  }
  await withRegistry(root, async ({ jenner }) => {
    await recordedUsers(await authorizationRecords(jenner)).save(user, password);
  });
  process.stdout.write(`${user.name} can log in.\n`);
  return 0;
}

const FHIR_USER = /^(Practitioner|PractitionerRole|Patient|RelatedPerson)\/[A-Za-z0-9.-]{1,64}$/;

function readUser(args: readonly string[]): User {
  const one = { type: 'string' } as const;
  const options = { display: one, role: one, 'fhir-user': { type: 'string', multiple: true } } as const;
  try {
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [name, ...others] = positionals;
    const [first, ...rest] = values['fhir-user'] ?? [];
    const isWhole = name && others.length === 0 && first && [first, ...rest].every((id) => FHIR_USER.test(id));
    if (isWhole)
      return { name, displayName: values.display ?? name, role: values.role ?? '', fhirUsers: [first, ...rest] };
  } catch {
    // Answered below: the usage says what can be given.
  }
  throw new ConfigError(`Usage: npm run jenner -- ${USER_USAGE}`);
}
