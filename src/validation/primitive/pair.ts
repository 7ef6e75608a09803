/** A primitive's values beside their ids and extensions: `name` and `_name` (FHIR R4, json.html#primitive; ele-1). */
import { isObject } from '../../fhir/resource-content.ts';
import type { Fault } from './check.ts';

interface PairFault extends Fault {
  /** Of the value in its list, -1 for the element as a whole. */
  readonly index: number;
}

const UNEVEN: PairFault = {
  id: 'primitive-array',
  code: 'structure',
  message: 'The list of values and the list of their ids and extensions must be of one length.',
  index: -1,
};
const NOTHING: Fault = {
  id: 'ele-1',
  code: 'invariant',
  message:
    'An element must have a value or extensions: null only keeps the place of a value, an id alone says nothing.',
};

/** @param siblings what stands under the name with `_` */
export function checkPrimitivePair(values: unknown, siblings: unknown, repeats: boolean): readonly PairFault[] {
  if (!repeats) return isNothing(values, siblings) ? [{ ...NOTHING, index: -1 }] : [];
  const [left, right] = [listOf(values), listOf(siblings)];
  if (!left || !right) return [];
  if (left.length > 0 && right.length > 0 && left.length !== right.length) return [UNEVEN];
  const longer = left.length > 0 ? left : right;
  return longer.flatMap((_, index) => (isNothing(left[index], right[index]) ? [{ ...NOTHING, index }] : []));
}

/** Undefined for what is no list: the schema tells of it. */
function listOf(value: unknown): readonly unknown[] | undefined {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : undefined;
}

const isNothing = (value: unknown, sibling: unknown): boolean =>
  (value ?? undefined) === undefined && !hasExtensions(sibling);

/** What is of another structure is told of by the schema. */
const hasExtensions = (sibling: unknown): boolean =>
  isObject(sibling) ? Object.keys(sibling).some((key) => key !== 'id') : (sibling ?? undefined) !== undefined;
