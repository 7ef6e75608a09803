/** The queries that answering one search takes: all with one access decision, one session and one time limit. */
import type { ClientSession, Filter } from 'mongodb';
import { tooCostly } from '../../fhir/error.ts';
import type { ResourceDocument } from '../database.ts';
import { visible } from '../reach.ts';
import type { Store } from '../versions.ts';
import type { Conditions } from './combine.ts';

/** A search that the database can't finish in this time is given up, in milliseconds. */
export const TIME_LIMIT_MS = 20_000;

/** When a query is asked: what `ap` of a date measures from, and the session that its own queries are part of. */
export interface Asking {
  readonly now: Date;
  readonly session?: ClientSession;
}

/** How much one query is asked about. */
export interface Limits {
  /** The most ids that become a condition: beyond it, looking at the resources one after the other is cheaper. */
  readonly ids: number;
  /** Resources that one query is asked about, where they are looked at. */
  readonly candidates: number;
  /** Resources that refer to these, in the answer of one query. */
  readonly referrers: number;
}

/** Measured: a condition costs a tenth of a millisecond for each id, a resource that is looked at about as much. */
const LIMITS: Limits = { ids: 5000, candidates: 500, referrers: 2000 };

export interface Inquiry extends Asking {
  readonly limits: Limits;
  readonly store: Pick<Store, 'database' | 'reach' | 'baseUrl'>;
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
}

export const beginInquiry = (store: Pick<Store, 'database' | 'reach' | 'baseUrl'>, asking: Asking): Inquiry => ({
  ...asking,
  store,
  limits: LIMITS,
  deadline: performance.now() + TIME_LIMIT_MS,
});

/** @throws FhirError 400 where the time of the search is over; the name is of the parameter that takes it. */
export function checkTime({ deadline }: Inquiry, name: string): void {
  if (performance.now() < deadline) return;
  throw tooCostly(
    `Too many resources have to be looked at for "${name}"; add a parameter that finds few of them.`,
    `http.${name}`,
  );
}

export interface Wanted {
  readonly resourceType: string;
  readonly conditions: readonly Conditions[];
  /** Fields beside `_id`. */
  readonly fields?: readonly string[];
  readonly limit: number;
  /** In the order of `_id`. */
  readonly ordered?: boolean;
}

/** The documents that may be seen and fulfil the conditions, with the fields that are wanted. */
export function findVisible({ store, session, deadline }: Inquiry, wanted: Wanted): Promise<ResourceDocument[]> {
  const { resourceType, conditions, fields = [], limit, ordered } = wanted;
  const filter = visible(store.reach, resourceType, conditions) as Filter<ResourceDocument>;
  const projection = Object.fromEntries([['_id', 1], ...fields.map((field) => [field, 1])]);
  const maxTimeMS = Math.max(1, Math.ceil(deadline - performance.now()));
  const options = { projection, maxTimeMS, ...(session ? { session } : {}) };
  const cursor = store.database.current(resourceType).find(filter, options).limit(limit).batchSize(limit);
  return (ordered ? cursor.sort({ _id: 1 }) : cursor).toArray();
}
