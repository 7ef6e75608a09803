/** Work that goes on beside the requests: search fields after the search definitions changed, and forecasts. */
import type { KeptForecasts } from './kept-forecasts.ts';
import type { Log } from './log.ts';
import { reindex } from './storage/reindex.ts';
import type { Store } from './storage/versions.ts';

export interface Upkeep {
  /** Ends it after the batch in hand; the next start goes on from there. */
  stop(): Promise<void>;
}

export function startUpkeep(store: Store, log: Log, kept: KeptForecasts | undefined): Upkeep {
  const forecasts = kept?.startUpkeep();
  const ending = new AbortController();
  const work = reindex(store, ending.signal).then(
    ({ rewritten, failed, finished }) => {
      if (rewritten + failed > 0) log.info('search fields made anew', { rewritten, failed, finished });
    },
    (error) => log.error('search fields could not be made anew; the next start tries again', { error }),
  );
  return {
    stop: async () => {
      ending.abort();
      await Promise.all([work, forecasts?.stop()]);
    },
  };
}
