/** Work that goes on beside the requests: search fields after a change of definitions, terminology, forecasts. */
import { setTimeout as wait } from 'node:timers/promises';
import type { KeptForecasts } from './kept-forecasts.ts';
import type { Log } from './log.ts';
import { reindex } from './storage/reindex.ts';
import type { StoredTerminology } from './storage/terminology-resources.ts';
import type { Store } from './storage/versions.ts';

export interface Upkeep {
  /** Ends it after the batch in hand; the next start goes on from there. */
  stop(): Promise<void>;
}

/** How long a code set that another server took in stays unknown here at most, in milliseconds. */
const TERMINOLOGY_PERIOD = 2_000;

export interface UpkeepParts {
  readonly store: Store;
  readonly terminology: StoredTerminology;
  readonly log: Log;
  /** Undefined where forecasts aren't stored. */
  readonly kept: KeptForecasts | undefined;
}

export function startUpkeep({ store, terminology, log, kept }: UpkeepParts): Upkeep {
  const forecasts = kept?.startUpkeep();
  const ending = new AbortController();
  const { signal } = ending;
  const work = [makeFieldsAnew(store, log, signal), followTerminology(terminology, log, signal)];
  return {
    stop: async () => {
      ending.abort();
      await Promise.all([...work, forecasts?.stop()]);
    },
  };
}

function makeFieldsAnew(store: Store, log: Log, signal: AbortSignal): Promise<void> {
  return reindex(store, signal).then(
    ({ rewritten, failed, finished }) => {
      if (rewritten + failed > 0) log.info('search fields made anew', { rewritten, failed, finished });
    },
    (error) => log.error('search fields could not be made anew; the next start tries again', { error }),
  );
}

/** What is known stays in force while the database can't be reached. */
async function followTerminology(terminology: StoredTerminology, log: Log, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await terminology.refresh().catch((error) => log.warn('terminology could not be brought up to date', { error }));
    await wait(TERMINOLOGY_PERIOD, undefined, { signal, ref: false }).catch(() => {});
  }
}
