/**
 * Whose records changed since a moment: the index on `lu` of each type is the queue of what is still to be looked at, so
 * that no write has to leave a note of itself (docs/forecast.md).
 */
import type { Filter } from 'mongodb';
import type { Database, ResourceDocument } from './database.ts';

/** How far the changes of each type have been looked at. */
export type Horizon = Readonly<Record<string, Date>>;

export interface ChangePage {
  readonly patientIds: readonly string[];
  /** What was found that was not handled before; to be noted once it is. */
  readonly changes: readonly HandledChange[];
  /** The last change of the page; undefined where there was none. */
  readonly last: ChangePosition | undefined;
  readonly more: boolean;
}

export interface ChangePosition {
  readonly at: Date;
  readonly id: string;
}

interface HandledChange {
  /** `Type/id` */
  readonly name: string;
  readonly version: number;
  /** When the version was made, in milliseconds since 1970. */
  readonly at: number;
}

/** What was looked at already, by name. */
export type Handled = ReadonlyMap<string, Omit<HandledChange, 'name'>>;

type Change = Pick<ResourceDocument, '_id' | 'v' | 'lu' | 'c'>;

const AT_A_TIME = 1000;

/** The patients in whose compartments a resource of the type is, or was, that changed after that position. */
export async function changedPatients(
  database: Database,
  resourceType: string,
  { after, handled }: { readonly after: ChangePosition; readonly handled: Handled },
): Promise<ChangePage> {
  const changes: Change[] = await database
    .current(resourceType)
    .find(changedAfter(after), { projection: { v: 1, lu: 1, c: 1 } })
    .sort({ lu: 1, _id: 1 })
    .limit(AT_A_TIME)
    .toArray();
  const fresh = changes.filter(({ _id, v }) => handled.get(`${resourceType}/${_id}`)?.version !== v);
  const compartments = [...fresh.flatMap(({ c }) => c), ...(await formerCompartments(database, resourceType, fresh))];
  const ids = compartments.flatMap((name) => (name.startsWith('Patient/') ? [name.slice('Patient/'.length)] : []));
  const last = changes.at(-1);
  return {
    patientIds: [...new Set(ids)],
    changes: fresh.map(({ _id, v, lu }) => ({ name: `${resourceType}/${_id}`, version: v, at: lu.getTime() })),
    last: last && { at: last.lu, id: last._id },
    more: changes.length === AT_A_TIME,
  };
}

/** What one transaction wrote was all written at one instant. */
const changedAfter = ({ at, id }: ChangePosition): Filter<ResourceDocument> =>
  ({ lu: { $gte: at }, $or: [{ lu: { $gt: at } }, { _id: { $gt: id } }] }) as Filter<ResourceDocument>;

/** A dose that was recorded for the wrong patient is taken from one and given to another. */
async function formerCompartments(
  database: Database,
  resourceType: string,
  changes: readonly Change[],
): Promise<readonly string[]> {
  const ids = changes.filter(({ v }) => v > 1).map(({ _id }) => _id);
  if (ids.length === 0) return [];
  const former = await database
    .history(resourceType)
    .find({ id: { $in: ids } }, { projection: { c: 1 } })
    .toArray();
  return former.flatMap(({ c }) => c);
}

interface HorizonDocument {
  readonly _id: 'forecasts';
  readonly horizon: Horizon;
}

const records = ({ db }: Database) => db.collection<HorizonDocument>('jenner_schema');

export async function readHorizon(database: Database): Promise<Horizon> {
  return (await records(database).findOne({ _id: 'forecasts' }))?.horizon ?? {};
}

/** Moves on; never back, whoever else writes. */
export async function advanceHorizon(database: Database, resourceType: string, to: Date): Promise<void> {
  await records(database).updateOne(
    { _id: 'forecasts' },
    { $max: { [`horizon.${resourceType}`]: to } },
    { upsert: true },
  );
}
