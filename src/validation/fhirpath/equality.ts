/** Equality and order of FHIRPath values (hl7.org/fhirpath/N1, sections "Equality" and "Comparison"). */
import { type DateInterval, parseDate } from '../../fhir/date.ts';
import { isObject } from '../../fhir/resource-content.ts';
import { type Collection, EvaluationError, type Item } from './collection.ts';

const TEMPORAL: ReadonlySet<string> = new Set(['date', 'dateTime', 'instant', 'System.Date', 'System.DateTime']);

const isTemporal = ({ type }: Item): boolean => TEMPORAL.has(type);

/** Undefined: empty, because a side is empty or dates are not known as exactly as each other. */
export function areEqual(left: Collection, right: Collection): boolean | undefined {
  if (left.length === 0 || right.length === 0) return undefined;
  if (left.length !== right.length) return false;
  const each = left.map((item, index) => itemsEqual(item, right[index] as Item));
  if (each.includes(false)) return false;
  return each.includes(undefined) ? undefined : true;
}

/** Undefined where two dates overlap without being the same. */
export function itemsEqual(left: Item, right: Item): boolean | undefined {
  if (isTemporal(left) && isTemporal(right)) {
    const order = compareDates(String(left.value), String(right.value));
    return order === undefined ? undefined : order === 0;
  }
  return sameContent(left.value, right.value) && sameContent(left.companion, right.companion);
}

/** Whether two JSON values are the same, whatever the order of properties. */
export function sameContent(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((value, index) => sameContent(value, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameContent(left[name], right[name]))
  );
}

/** `~`: the order of items, the case of texts and white space do not matter. */
export function areEquivalent(left: Collection, right: Collection): boolean {
  if (left.length !== right.length) return false;
  const rest = [...right];
  return left.every((item) => {
    const at = rest.findIndex((other) => itemsEquivalent(item, other));
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
}

function itemsEquivalent(left: Item, right: Item): boolean {
  if (typeof left.value === 'string' && typeof right.value === 'string') {
    return simplified(left.value) === simplified(right.value);
  }
  return itemsEqual(left, right) === true;
}

const simplified = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim();

/**
 * Below zero, zero, above zero; undefined where dates are not known exactly enough.
 * @throws EvaluationError for values that have no order
 */
export function compare(left: Item, right: Item): number | undefined {
  const [a, b] = [left.value, right.value];
  if (isTemporal(left) && isTemporal(right)) return compareDates(String(a), String(b));
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return order(a, b);
  throw new EvaluationError('There are values that can’t be compared.');
}

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function compareDates(left: string, right: string): number | undefined {
  const [a, b] = [parseDate(left), parseDate(right)];
  if (!a || !b) throw new EvaluationError('There is something else where a date is needed.');
  if (a.zoned !== b.zoned && hasTime(left) && hasTime(right)) return undefined;
  if (widthOf(a) === widthOf(b)) return a.lo - b.lo;
  if (a.localHi < b.localLo) return -1;
  return a.localLo > b.localHi ? 1 : undefined;
}

const hasTime = (text: string): boolean => text.includes('T');

/** Seconds and their fractions are one precision. */
const widthOf = ({ lo, hi }: DateInterval): number => Math.max(hi - lo, 999);
