/** How much memory this machine lets us use (cgroups(7) limits included). */
import { totalmem } from 'node:os';

/** Bytes: a container's limit where there is one, else what is built in. */
export function availableMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}
