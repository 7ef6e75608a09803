/** Work that goes on beside the requests: search fields are made anew after the search definitions changed. */
import type { Log } from './log.ts';
import { reindex } from './storage/reindex.ts';
import type { Store } from './storage/versions.ts';

export interface Upkeep {
  /** Ends it after the batch in hand; the next start goes on from there. */
  stop(): Promise<void>;
}

export function startUpkeep(store: Store, log: Log): Upkeep {
  const ending = new AbortController();
  const work = reindex(store, ending.signal).then(
    ({ rewritten, failed, finished }) => {
      if (rewritten + failed > 0) log.info('search fields made anew', { rewritten, failed, finished });
    },
    (error) => log.error('search fields could not be made anew; the next start tries again', { error }),
  );
  return {
    stop: () => {
      ending.abort();
      return work;
    },
  };
}
