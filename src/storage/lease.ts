/** Work that one process at a time should do: a lease that is renewed while it works, and is free again when it died. */

import type { Database } from './database.ts';
import { isDuplicateKey } from './database-errors.ts';

interface LeaseDocument {
  readonly _id: string;
  readonly holder: string;
  readonly until: Date;
}

/** Takes or renews the lease. @returns false where another process has it */
export async function holdLease(
  { db }: Database,
  lease: { readonly name: string; readonly holder: string; readonly milliseconds: number },
): Promise<boolean> {
  const { name: _id, holder, milliseconds } = lease;
  const now = Date.now();
  const free = { _id, $or: [{ holder }, { until: { $lt: new Date(now) } }] };
  const taken = { $set: { holder, until: new Date(now + milliseconds) } };
  try {
    await db.collection<LeaseDocument>('jenner_leases').updateOne(free, taken, { upsert: true });
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

export async function endLease({ db }: Database, name: string, holder: string): Promise<void> {
  await db.collection<LeaseDocument>('jenner_leases').deleteOne({ _id: name, holder });
}
