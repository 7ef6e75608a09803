/**
 * Where a page begins and in which order it goes: keyset paging, at the same cost on page 1 and page 10,000.
 * The order ends in `_id`, which never changes, so rows that others leave alone are neither repeated nor lost.
 */
import type { DefaultOrder } from '../../definitions/indexes.ts';
import type { Conditions } from './combine.ts';
import type { Position } from './cursor.ts';
import type { IndexKeys } from './order-hint.ts';

export function sortOf(order: DefaultOrder | undefined): IndexKeys {
  return order ? { [fieldOf(order)]: order.direction, _id: 1 } : { _id: 1 };
}

export const fieldOf = ({ code }: DefaultOrder): string => `s_${code}.lo`;

/**
 * Filters to be run one after the other until the page is full. Resources without the sort value come last, so where
 * the database would not put them there they are a stretch of their own.
 */
export function stretchesAfter(order: DefaultOrder | undefined, position: Position | undefined): Conditions[] {
  if (!order) return [position ? { _id: { $gt: position.id } } : {}];
  const field = fieldOf(order);
  const without = { [field]: null };
  if (!position) return order.direction === -1 ? [{}] : [{ [field]: { $ne: null } }, without];
  if (position.value === undefined) return [{ ...without, _id: { $gt: position.id } }];
  const orEqual = order.direction === -1 ? '$lte' : '$gte';
  // One bounded range less those of its first instant that came before. Said as an `$or`, planners would join the
  // indexes of its branches and sort everything beyond the position.
  const before = [{ [field]: position.value, _id: { $lte: position.id } }];
  return [{ [field]: { [orEqual]: position.value }, $nor: before }, without];
}
