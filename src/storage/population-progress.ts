/** How far the recomputation of a population has come, so that one that was interrupted goes on (docs/forecast.md). */
import type { Database } from './database.ts';
import type { ForecastState } from './forecast-states.ts';

/** What a run is about: another day or schedule makes another run. */
export interface PopulationTerms {
  readonly asOf: number;
  readonly schedule: string;
}

interface ProgressDocument extends PopulationTerms {
  readonly _id: 'population';
  /** The last ids of the stretches of the run, in order. */
  readonly ends: readonly string[];
  /** Those that are done. */
  readonly done: readonly string[];
}

const records = ({ db }: Database) => db.collection<ProgressDocument>('jenner_schema');

/** Ids in one stretch. */
const STRETCH = 1000;

/** The stretches of the run that are still to be done, with those that are done already where it was interrupted. */
export async function beginPopulation(
  database: Database,
  terms: PopulationTerms,
): Promise<{ readonly ends: readonly string[]; readonly done: readonly string[] }> {
  const known = await records(database).findOne({ _id: 'population' });
  if (known && known.asOf === terms.asOf && known.schedule === terms.schedule) return known;
  const ends = await stretchEnds(database);
  await records(database).replaceOne({ _id: 'population' }, { ...terms, ends, done: [] }, { upsert: true });
  return { ends, done: [] };
}

async function stretchEnds({ db }: Database): Promise<readonly string[]> {
  const ids = db
    .collection<ForecastState>('jenner_forecasts')
    .find({}, { projection: { _id: 1 } })
    .sort({ _id: 1 });
  const ends: string[] = [];
  let count = 0;
  let last: string | undefined;
  for await (const { _id } of ids) {
    last = _id;
    count += 1;
    if (count % STRETCH === 0) ends.push(_id);
  }
  if (last !== undefined && ends.at(-1) !== last) ends.push(last);
  return ends;
}

export async function endStretch(database: Database, end: string): Promise<void> {
  await records(database).updateOne({ _id: 'population' }, { $push: { done: end } });
}

export async function endPopulation(database: Database): Promise<void> {
  await records(database).deleteOne({ _id: 'population' });
}
