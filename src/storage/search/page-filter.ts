/**
 * Where a page begins and in which order it goes: keyset paging, at the same cost on page 1 and page 10,000.
 * The order ends in `_id`, which never changes, so rows that others leave alone are neither repeated nor lost.
 */
import type { Conditions } from './combine.ts';
import type { KeyOrder, SortValue } from './key-order.ts';
import type { IndexKeys } from './order-hint.ts';

/** The resource that a page begins beyond, not with. */
export interface Start {
  /** Undefined: it has no value to sort by. */
  readonly value: SortValue | undefined;
  readonly id: string;
  /** Which resources of the same value belong to the page: those beyond by id or, where it is of another type, all or none. */
  readonly equals: 'beyond' | 'all' | 'none';
}

/** Conditions, and the order in which to read what they leave. */
export interface Stretch {
  readonly conditions: Conditions;
  readonly sort: IndexKeys;
}

/** From a start, or from the first resource on; backwards towards the first one. */
export interface Way {
  readonly start: Start | undefined;
  readonly backward: boolean;
}

export const sortOf = ({ field, direction, tie }: KeyOrder): IndexKeys =>
  field === undefined ? { _id: tie } : { [field]: direction, _id: tie };

/**
 * What is read one after the other until the page is full. Resources without the sort value come last, so where the
 * database would not put them there they are a stretch of their own.
 */
export function stretchesOf(order: KeyOrder, { start, backward }: Way): readonly Stretch[] {
  const headed: KeyOrder = backward ? turned(order) : order;
  const sort = sortOf(headed);
  return conditionsOf(headed, { start, backward }).map((conditions) => ({ conditions, sort }));
}

const turned = (order: KeyOrder): KeyOrder => ({
  ...order,
  direction: order.direction === 1 ? -1 : 1,
  tie: order.tie === 1 ? -1 : 1,
});

function conditionsOf(order: KeyOrder, { start, backward }: Way): readonly Conditions[] {
  const { field, direction, least } = order;
  if (field === undefined) return [start ? { _id: idBeyond(order, start) } : {}];
  const without: readonly Conditions[] = least === undefined ? [] : [{ [field]: null }];
  const having: Conditions = least === undefined ? {} : { [field]: { $gte: least } };
  // Descending, the database itself puts what has no value last.
  if (!start) return direction === -1 ? [{}] : [having, ...without];
  const [after, before] = backward ? [[], [having]] : [without, []];
  if (start.value === undefined) return [...withoutBeyond(field, order, start), ...before];
  return [valuesBeyond(field, order, { ...start, value: start.value }), ...after];
}

/** Of those without a value, which are all of one value. */
const withoutBeyond = (field: string, order: KeyOrder, start: Start): readonly Conditions[] =>
  start.equals === 'none' ? [] : [{ [field]: null, ...equalsBeyond(order, start) }];

/** Of resources by id alone, the id is the value. */
const idBeyond = ({ tie }: KeyOrder, { id, equals }: Start): Conditions => ({
  [(tie === 1 ? '$gt' : '$lt') + (equals === 'all' ? 'e' : '')]: id,
});

const equalsBeyond = ({ tie }: KeyOrder, { id, equals }: Start): Conditions =>
  equals === 'all' ? {} : { _id: { [tie === 1 ? '$gt' : '$lt']: id } };

function valuesBeyond(
  field: string,
  { direction, tie }: KeyOrder,
  { value, id, equals }: Start & { readonly value: SortValue },
): Conditions {
  const strictly = direction === 1 ? '$gt' : '$lt';
  if (equals === 'none') return { [field]: { [strictly]: value } };
  const range = { [field]: { [`${strictly}e`]: value } };
  if (equals === 'all') return range;
  // One bounded range less those of its first value that came before. Said as an `$or`, planners would join the
  // indexes of its branches and sort everything beyond the position.
  return { ...range, $nor: [{ [field]: value, _id: { [tie === 1 ? '$lte' : '$gte']: id } }] };
}
