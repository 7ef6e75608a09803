/** Keeps the stored forecasts up to date: before a read on demand, and behind the writes by and by (docs/forecast.md). */
import { FhirError, unavailable } from '../fhir/error.ts';
import type { CalendarDate } from '../iis/forecast/calendar.ts';
import { codedObservations } from '../iis/forecast/fhir/coded-observations.ts';
import type { ForecastTerms } from '../iis/forecast/fhir/forecast-record.ts';
import type { SupportingData } from '../iis/forecast/supporting-data.ts';
import { isUnreachable } from '../storage/database-errors.ts';
import { CLINICAL_TYPES, fingerprintOf, readRecords } from '../storage/forecast-records.ts';
import { readStates } from '../storage/forecast-states.ts';
import {
  advanceHorizon,
  type ChangePage,
  type ChangePosition,
  changedPatients,
  readHorizon,
} from '../storage/record-changes.ts';
import type { Store } from '../storage/versions.ts';
import { keepForecasts } from './keep-forecasts.ts';
import { FORECAST_TAG } from './kept-content.ts';

export interface ForecastKeeper {
  /** Makes the forecasts of these patients anew that are out of date. */
  refresh(patientIds: readonly string[]): Promise<void>;
  /**
   * Refreshes everyone who has a forecast and whose record changed, and the newcomers where they are few: of people who
   * have none yet nothing wrong can be read. @throws FhirError 503 where that takes longer than a reader can wait
   */
  catchUp(): Promise<void>;
  /** The same for work beside requests, pausing between batches and ending when the signal says so. */
  workOff(signal: AbortSignal, pause: () => Promise<void>): Promise<void>;
}

export interface KeeperOptions {
  readonly store: Store;
  readonly schedule: () => Promise<SupportingData>;
  readonly today: () => CalendarDate;
  /** Told of a patient whose forecast can't be made. */
  readonly failed: (patientId: string, error: unknown) => void;
}

const WATCHED = ['Patient', 'Immunization', ...CLINICAL_TYPES] as const;
/** Patients in one transaction. */
export const AT_A_TIME = 20;
/**
 * A change becomes visible up to this long after the moment it is dated: a transaction may be open for a minute, and the
 * clocks of servers differ.
 */
const VISIBLE_AFTER_MS = 75_000;
const PATIENCE_MS = 10_000;
const NEWCOMERS = 40;
const RETRY_AFTER_SECONDS = 5;

export function createForecastKeeper(options: KeeperOptions): ForecastKeeper {
  const handled: HandledSoFar = new Map();
  const terms = async (): Promise<ForecastTerms> => ({
    schedule: await options.schedule(),
    assessmentDate: options.today(),
  });
  const refresh = async (patientIds: readonly string[]) => refreshPatients(options.store, patientIds, await terms());
  const walk = (work: Walk) => walkChanges({ ...options, handled, refresh }, work);
  const once = coalesced(() => walk({ isOver: () => false, pause: () => Promise.resolve(), newcomers: NEWCOMERS }));
  const catchUp = () => inTime(once());
  return {
    refresh,
    catchUp,
    workOff: (signal, pause) => walk({ isOver: () => signal.aborted, pause, newcomers: Number.POSITIVE_INFINITY }),
  };
}

/** One at a time. Those who come while it runs may be after something that it passed by: they share the next one. */
function coalesced(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> => {
    next = undefined;
    const mine = work().finally(() => {
      if (running === mine) running = undefined;
    });
    running = mine;
    return mine;
  };
  return () => {
    if (running === undefined) return start();
    next ??= running.then(start, start);
    return next;
  };
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const refusal = unavailable('Forecasts are being made for many patients; try again.', RETRY_AFTER_SECONDS);
    timer = setTimeout(() => reject(refusal), PATIENCE_MS);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Those whose record, day or schedule is another one than their forecast was made by. */
async function refreshPatients(store: Store, patientIds: readonly string[], terms: ForecastTerms): Promise<void> {
  const { codings } = codedObservations(terms.schedule);
  const [states, records] = await Promise.all([
    readStates(store.database, patientIds),
    readRecords(store, { patientIds, codings, tag: FORECAST_TAG, bodies: false }),
  ]);
  const stale = [...records.values()].filter((record) => {
    const state = states.get(record.patientId);
    // Of a patient who never was there is nothing to keep.
    if (state === undefined) return record.patient !== undefined || record.kept.length > 0;
    const isCurrent = state.asOf === terms.assessmentDate && state.schedule === terms.schedule.version;
    return !isCurrent || state.seen !== fingerprintOf(record);
  });
  if (stale.length > 0) {
    await keepForecasts(
      store,
      stale.map(({ patientId }) => patientId),
      terms,
    );
  }
}

interface Walk {
  readonly isOver: () => boolean;
  readonly pause: () => Promise<void>;
  /** Patients without a forecast who are waited for, at most. */
  readonly newcomers: number;
}

type HandledSoFar = Map<string, { readonly version: number; readonly at: number }>;

interface Walker extends KeeperOptions {
  readonly handled: HandledSoFar;
  readonly refresh: (patientIds: readonly string[]) => Promise<void>;
}

async function walkChanges(walker: Walker, walk: Walk): Promise<void> {
  const { database } = walker.store;
  const horizon = await readHorizon(database);
  for (const resourceType of WATCHED) {
    const from = new Date((horizon[resourceType]?.getTime() ?? VISIBLE_AFTER_MS) - VISIBLE_AFTER_MS);
    forgetBefore(walker.handled, from.getTime());
    await walkType(walker, walk, { resourceType, from });
  }
}

async function walkType(
  walker: Walker,
  walk: Walk,
  { resourceType, from }: { readonly resourceType: string; readonly from: Date },
): Promise<void> {
  const { store, handled } = walker;
  let after: ChangePosition = { at: from, id: '' };
  let complete = true;
  for (let more = true; more && !walk.isOver(); ) {
    const page = await changedPatients(store.database, resourceType, { after, handled });
    const awaited = await awaitedOf(walker, walk, page.patientIds);
    if (!(await refreshAll(walker, walk, awaited))) return;
    complete &&= awaited.length === page.patientIds.length;
    if (complete) await noteHandled(walker, resourceType, page);
    if (page.last === undefined) return;
    after = page.last;
    more = page.more;
  }
}

/** All of them, or without the newcomers where those are too many. */
async function awaitedOf(
  { store }: Walker,
  { newcomers }: Walk,
  patientIds: readonly string[],
): Promise<readonly string[]> {
  if (patientIds.length <= newcomers) return patientIds;
  const states = await readStates(store.database, patientIds);
  const known = patientIds.filter((id) => states.has(id));
  return patientIds.length - known.length <= newcomers ? patientIds : known;
}

/** All changes up to this page are dealt with. */
async function noteHandled({ store, handled }: Walker, resourceType: string, page: ChangePage): Promise<void> {
  for (const { name, version, at } of page.changes) handled.set(name, { version, at });
  if (page.last && page.changes.length > 0) await advanceHorizon(store.database, resourceType, page.last.at);
}

/** False where the walk ended before all were done. */
async function refreshAll(walker: Walker, walk: Walk, patientIds: readonly string[]): Promise<boolean> {
  for (let at = 0; at < patientIds.length; at += AT_A_TIME) {
    if (walk.isOver()) return false;
    const batch = patientIds.slice(at, at + AT_A_TIME);
    await walker.refresh(batch).catch((error) => oneByOne(walker, batch, error));
    await walk.pause();
  }
  return true;
}

/** One patient whose forecast can't be made must not keep the others from theirs. */
async function oneByOne(walker: Walker, patientIds: readonly string[], together: unknown): Promise<void> {
  if (isOutage(together)) throw together;
  for (const patientId of patientIds) {
    await walker.refresh([patientId]).catch((error) => {
      if (isOutage(error)) throw error;
      walker.failed(patientId, error);
    });
  }
}

/** The database is gone, which has nothing to do with a patient. */
const isOutage = (error: unknown): boolean =>
  isUnreachable(error) || (error instanceof FhirError && error.status === 503);

function forgetBefore(handled: HandledSoFar, instant: number): void {
  for (const [name, { at }] of handled) if (at < instant) handled.delete(name);
}
