/** Slows down who guesses passwords, by name and by address (NIST SP 800-63B, 5.2.2). */
import type { RecordStore } from './record-store.ts';

const WINDOW_MS = 15 * 60 * 1000;
/** Failures in a window: of one name, and of one address, behind which may be a whole clinic. */
const MOST = { name: 10, address: 100 } as const;

export interface LoginAttempt {
  readonly name: string;
  readonly address: string;
}

export interface LoginThrottle {
  /** Counts a try before its password is looked at, so that many at once are no way around. */
  admits(attempt: LoginAttempt): Promise<boolean>;
  /** Who got in is not held to what went before. */
  succeeded(attempt: LoginAttempt): Promise<void>;
}

const KIND = 'LoginAttempts';

export function recordedThrottle(records: RecordStore): LoginThrottle {
  return {
    admits: async (attempt) => {
      const ends = new Date((windowNow() + 1) * WINDOW_MS);
      const ofName = await records.count(KIND, nameKey(attempt), ends);
      const ofAddress = await records.count(KIND, `address ${windowNow()} ${attempt.address}`, ends);
      return ofName <= MOST.name && ofAddress <= MOST.address;
    },
    succeeded: (attempt) => records.delete(KIND, nameKey(attempt)),
  };
}

const windowNow = (): number => Math.floor(Date.now() / WINDOW_MS);

const nameKey = ({ name }: LoginAttempt): string =>
  `name ${windowNow()} ${name.normalize('NFKC').trim().toLowerCase()}`;
