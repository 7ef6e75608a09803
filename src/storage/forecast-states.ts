/** Which record each kept forecast was made from, when and by which schedule: one small document for each patient. */
import type { ClientSession, Filter } from 'mongodb';
import type { Database } from './database.ts';

/** The input of the engine without its day, so that days can be moved on without reading the record. */
export interface RecordSnapshot {
  /** The engine's input as JSON, without the assessment date. */
  readonly input: string;
  /** Whether conditions, allergies or observations are in it, which each release of the schedule reads in its own way. */
  readonly clinical: boolean;
}

export interface ForecastState {
  /** The patient's id. */
  readonly _id: string;
  /** The fingerprint of the record (`fingerprintOf`). */
  readonly seen: string;
  /** The day that was assessed, as days since 1970. */
  readonly asOf: number;
  readonly schedule: string;
  /** A digest of the answer; absent where there is none. */
  readonly digest?: string;
  /** Absent where there is no answer, or where the record says different things on different days. */
  readonly snapshot?: RecordSnapshot;
}

const states = ({ db }: Database) => db.collection<ForecastState>('jenner_forecasts');

const NAMESPACE_EXISTS = 48;

/** Makes the collection, which can't come into being inside a transaction. */
export async function prepareForecastStates({ db }: Database): Promise<void> {
  await db.createCollection('jenner_forecasts').catch((error) => {
    if (error.code !== NAMESPACE_EXISTS) throw error;
  });
}

export async function readStates(
  database: Database,
  patientIds: readonly string[],
): Promise<ReadonlyMap<string, Pick<ForecastState, '_id' | 'seen' | 'asOf' | 'schedule'>>> {
  const filter = { _id: { $in: patientIds } } as Filter<ForecastState>;
  const projection = { seen: 1, asOf: 1, schedule: 1 };
  const found = await states(database).find(filter, { projection }).toArray();
  return new Map(found.map((state) => [state._id, state]));
}

/** Every unit that makes a forecast writes its state, so that of two at a time the database lets one win. */
export async function writeStates(
  database: Database,
  written: readonly ForecastState[],
  session: ClientSession,
): Promise<void> {
  const operations = written.map((replacement) => ({
    replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true },
  }));
  if (operations.length > 0) await states(database).bulkWrite(operations, { session });
}

/** States after the id, in order. @param outdated leaves out those of this day and schedule */
export function nextStates(
  database: Database,
  page: { readonly after: string; readonly count: number; readonly upTo?: string | undefined },
  outdated?: { readonly asOf: number; readonly schedule: string },
): Promise<readonly ForecastState[]> {
  const { after, count, upTo } = page;
  const range = { _id: { $gt: after, ...(upTo === undefined ? {} : { $lte: upTo }) } };
  const isOutdated = outdated && { $or: [{ asOf: { $ne: outdated.asOf } }, { schedule: { $ne: outdated.schedule } }] };
  return states(database)
    .find({ ...range, ...isOutdated } as Filter<ForecastState>)
    .sort({ _id: 1 })
    .limit(count)
    .toArray();
}

/** The answers of these patients hold on that day and by that schedule too. A state that changed meanwhile is left alone. */
export async function confirmStates(
  database: Database,
  confirmed: readonly Pick<ForecastState, '_id' | 'seen'>[],
  on: { readonly asOf: number; readonly schedule: string },
): Promise<void> {
  if (confirmed.length === 0) return;
  // No two fingerprints are the same, so a state with a new one is none of these.
  const filter = { _id: { $in: confirmed.map(({ _id }) => _id) }, seen: { $in: confirmed.map(({ seen }) => seen) } };
  await states(database).updateMany(filter as Filter<ForecastState>, { $set: on });
}

export const countStates = (database: Database): Promise<number> => states(database).countDocuments({});
