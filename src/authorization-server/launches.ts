/** EHR launches (SMART App Launch 2.2, app-launch.html#launch-app-ehr-launch): a handle that names user, app and patient, once and for minutes. */
import { randomBytes } from 'node:crypto';
import { LIFETIMES, secondsFromNow } from './lifetimes.ts';
import type { RecordStore } from './record-store.ts';

export interface Launch {
  /** Who launched it: nobody else can use it. */
  readonly account: string;
  readonly clientId: string;
  readonly patient: string;
  readonly patientName: string;
  readonly intent?: string | undefined;
}

export interface Launches {
  /** Answers the handle. */
  create(launch: Launch): Promise<string>;
  /** Looks without using it up. */
  find(handle: string): Promise<Launch | undefined>;
  /** Uses it up; undefined where that was done before, or time is over. */
  take(handle: string): Promise<Launch | undefined>;
}

const KIND = 'Launch';
const HANDLE_BYTES = 32;

export function recordedLaunches(records: RecordStore): Launches {
  const find = async (handle: string) => {
    const found = await records.find(KIND, handle);
    return found && !found.consumedAt ? (found.content as Launch) : undefined;
  };
  return {
    create: async (launch) => {
      const handle = randomBytes(HANDLE_BYTES).toString('base64url');
      const expiresAt = secondsFromNow(LIFETIMES.launch);
      await records.put(KIND, handle, { content: launch, expiresAt });
      return handle;
    },
    find,
    take: async (handle) => {
      const launch = await find(handle);
      return launch && (await records.consume(KIND, handle)) ? launch : undefined;
    },
  };
}
