/**
 * By which index a page is read. Where no criterion has an index, reading in the order of the page finds a page's worth
 * of matches and stops, or reads everything once; planners that expect few matches would rather read and sort it all.
 */
import type { IndexDefinition } from '../../definitions/indexes.ts';
import type { Conditions } from './combine.ts';

/** An index by its keys, as `hint` takes it. */
export type IndexKeys = Readonly<Record<string, 1 | -1>>;

/** The index of the order, where no condition begins another one; else undefined: the planner knows better. */
export function orderHint(
  filter: Conditions,
  order: IndexKeys,
  indexes: readonly IndexDefinition[],
): IndexKeys | undefined {
  const [orderField] = Object.keys(order);
  const selective = new Set(['_id', ...indexes.flatMap(([first]) => (first ? [first[0]] : []))]);
  return fieldsIn(filter).some((field) => field !== orderField && selective.has(field)) ? undefined : order;
}

/** The fields that conditions are about, at any depth of `$and`, `$or` and `$nor`. */
const fieldsIn = (conditions: Conditions): readonly string[] =>
  Object.entries(conditions).flatMap(([name, inner]) =>
    name.startsWith('$') && Array.isArray(inner) ? inner.flatMap(fieldsIn) : [name],
  );
