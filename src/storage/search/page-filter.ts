/**
 * Where a page begins and in which order it goes: keyset paging, at the same cost on page 1 and page 10,000.
 * The order ends in `_id`, which never changes, so rows that others leave alone are neither repeated nor lost.
 */
import type { Sort } from 'mongodb';
import type { DefaultOrder } from '../../definitions/indexes.ts';
import type { Conditions } from './combine.ts';
import type { Position } from './cursor.ts';

export function sortOf(order: DefaultOrder | undefined): Sort {
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
  const [beyond, orEqual] = order.direction === -1 ? ['$lt', '$lte'] : ['$gt', '$gte'];
  // One bounded range and a cheap tie-break: the usual `$or` of two ranges keeps planners from using the index.
  const tieBreak = [{ [field]: { [beyond]: position.value } }, { _id: { $gt: position.id } }];
  return [{ [field]: { [orEqual]: position.value }, $or: tieBreak }, without];
}
