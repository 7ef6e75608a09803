/** The people who can log in here, for demonstrations, development and small sites (SMART App Launch 2.2, fhirUser). */
import { hashPassword, verifyPassword } from './password.ts';
import type { RecordStore } from './record-store.ts';

export interface User {
  /** The name to log in with. */
  readonly name: string;
  readonly displayName: string;
  /** What they do, in words for people: `school nurse`. */
  readonly role: string;
  /** Who they are in the registry: a Practitioner or PractitionerRole; or a Patient and the RelatedPersons of others. */
  readonly fhirUsers: readonly [string, ...string[]];
}

interface UserRecord extends User {
  readonly passwordHash: string;
}

export interface Users {
  save(user: User, password: string): Promise<void>;
  find(name: string): Promise<User | undefined>;
  /** The user, where the password is right; takes as long where it isn't. */
  logIn(name: string, password: string): Promise<User | undefined>;
}

const KIND = 'User';

export function recordedUsers(records: RecordStore): Users {
  const read = async (name: string) => (await records.find(KIND, keyOf(name)))?.content as UserRecord | undefined;
  return {
    save: async (user, password) => {
      const content: UserRecord = { ...user, passwordHash: await hashPassword(password) };
      await records.put(KIND, keyOf(user.name), { content });
    },
    find: async (name) => toUser(await read(name)),
    logIn: async (name, password) => {
      const record = await read(name);
      return (await verifyPassword(password, record?.passwordHash)) ? toUser(record) : undefined;
    },
  };
}

/** Upper and lower case are one name. */
const keyOf = (name: string): string => name.normalize('NFKC').trim().toLowerCase();

function toUser(record: UserRecord | undefined): User | undefined {
  if (!record) return undefined;
  const { passwordHash, ...user } = record;
  return user;
}

/** Staff may choose any patient; others only themselves and those they stand for. */
export const isStaff = ({ fhirUsers }: User): boolean => /^Practitioner(Role)?\//.test(fhirUsers[0]);
