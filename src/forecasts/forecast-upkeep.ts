/** Keeps forecasts up to date beside the requests: changes within seconds, and every patient once a day (docs/forecast.md). */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { ForecastTerms } from '../iis/forecast/fhir/forecast-record.ts';
import { countStates } from '../storage/forecast-states.ts';
import { endLease, holdLease } from '../storage/lease.ts';
import type { Store } from '../storage/versions.ts';
import type { ForecastKeeper } from './forecast-keeper.ts';
import { sweepPage } from './sweep-forecasts.ts';

export interface UpkeepOptions {
  readonly store: Store;
  readonly keeper: ForecastKeeper;
  readonly terms: () => Promise<ForecastTerms>;
  readonly say: (message: string, details: Readonly<Record<string, unknown>>) => void;
  readonly complain: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface ForecastUpkeep {
  /** Ends it after the batch in hand. */
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 1000;
/** One server of those on a database does it; when it dies, another takes over after this time. */
const LEASE = { name: 'forecasts', milliseconds: 30_000 } as const;
const TELL_EVERY_MS = 10_000;
/** Above this share of a processor, requests have the machine and this work waits for its turn. */
const BUSY = 0.6;
const LONGEST_PAUSE_MS = 250;

export function startForecastUpkeep(options: UpkeepOptions): ForecastUpkeep {
  const ending = new AbortController();
  const holder = randomUUID();
  const work = keepGoing(options, holder, ending.signal);
  return {
    stop: async () => {
      ending.abort();
      await work;
    },
  };
}

async function keepGoing(options: UpkeepOptions, holder: string, signal: AbortSignal): Promise<void> {
  const { database } = options.store;
  while (!signal.aborted) {
    await round(options, holder, signal).catch((error) => {
      if (!signal.aborted) options.complain('forecasts could not be brought up to date; tried again', { error });
    });
    await pause(LOOK_EVERY_MS, signal);
  }
  await endLease(database, LEASE.name, holder).catch(() => undefined);
}

async function round(options: UpkeepOptions, holder: string, signal: AbortSignal): Promise<void> {
  const renew = () => holdLease(options.store.database, { ...LEASE, holder });
  if (!(await renew())) return;
  const give = createPause(signal);
  let renewed = Date.now();
  const turn = async () => {
    if (Date.now() - renewed > LEASE.milliseconds / 3) {
      await renew();
      renewed = Date.now();
    }
    await give();
  };
  await options.keeper.workOff(signal, turn);
  await moveOn(options, signal, turn);
}

/** Everyone whose forecast is of another day or schedule; which those are is in the database, so it goes on after a stop. */
async function moveOn(options: UpkeepOptions, signal: AbortSignal, turn: () => Promise<void>): Promise<void> {
  const { store, complain, say } = options;
  const terms = await options.terms();
  const total = { done: 0, changed: 0, failed: 0 };
  const failed = (patientId: string, error: unknown) => complain('a forecast could not be made', { patientId, error });
  let told = Date.now();
  for (let after: string | undefined = ''; after !== undefined && !signal.aborted; ) {
    const page = await sweepPage({ store, terms, after, everyone: false, failed });
    total.done += page.done;
    total.changed += page.changed;
    total.failed += page.failed;
    after = page.last;
    if (Date.now() - told > TELL_EVERY_MS) {
      say('forecasts are being moved on', { ...total, of: await countStates(store.database) });
      told = Date.now();
    }
    await turn();
  }
  if (total.done > 0) say('forecasts were moved on', { ...total, schedule: terms.schedule.version });
}

/** Gives requests their turn: as long again as the processor was busy since the last time. */
function createPause(signal: AbortSignal): () => Promise<void> {
  let before = performance.eventLoopUtilization();
  let started = performance.now();
  return async () => {
    const worked = performance.now() - started;
    const { utilization } = performance.eventLoopUtilization(before);
    if (utilization > BUSY) await pause(Math.min(worked * 3, LONGEST_PAUSE_MS), signal);
    before = performance.eventLoopUtilization();
    started = performance.now();
  };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
