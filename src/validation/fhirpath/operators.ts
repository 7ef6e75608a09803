/** The operators of FHIRPath that take two collections (hl7.org/fhirpath/N1, section "Operations"). */
import {
  type Collection,
  EMPTY,
  EvaluationError,
  fromBoolean,
  fromNumber,
  fromString,
  type Item,
  singleton,
  toText,
} from './collection.ts';
import { areEqual, areEquivalent, compare, itemsEqual } from './equality.ts';
import { UnsupportedExpression } from './tokens.ts';

export type Operator = (left: Collection, right: Collection) => Collection;

/** @throws UnsupportedExpression for an operator that is not evaluated */
export function operatorOf(symbol: string): Operator {
  const operator = Object.hasOwn(OPERATORS, symbol) ? OPERATORS[symbol] : undefined;
  if (operator) return operator;
  throw new UnsupportedExpression(`the operator ${symbol} is not evaluated`);
}

const negated = (value: boolean | undefined): boolean | undefined => (value === undefined ? undefined : !value);

export const contains = (collection: Collection, item: Item): boolean =>
  collection.some((other) => itemsEqual(other, item) === true);

export const distinct = (collection: Collection): Collection =>
  collection.filter((item, index) => !contains(collection.slice(0, index), item));

const ordered =
  (holds: (order: number) => boolean): Operator =>
  (left, right) => {
    const [a, b] = [singleton(left), singleton(right)];
    const order = a && b && compare(a, b);
    return order === undefined ? EMPTY : fromBoolean(holds(order));
  };

const arithmetic =
  (apply: (left: number, right: number) => number): Operator =>
  (left, right) => {
    const [a, b] = [singleton(left)?.value, singleton(right)?.value];
    if (a === undefined || b === undefined) return EMPTY;
    if (typeof a !== 'number' || typeof b !== 'number') {
      throw new EvaluationError('There is something else where a number is needed.');
    }
    const result = apply(a, b);
    return Number.isFinite(result) ? fromNumber(result) : EMPTY;
  };

const membership = (item: Item | undefined, collection: Collection): Collection =>
  item ? fromBoolean(contains(collection, item)) : EMPTY;

const add: Operator = (left, right) => {
  const [a, b] = [singleton(left)?.value, singleton(right)?.value];
  return typeof a === 'string' && typeof b === 'string' ? fromString(a + b) : sum(left, right);
};

const sum = arithmetic((left, right) => left + right);

const OPERATORS: Readonly<Record<string, Operator>> = {
  '=': (left, right) => fromBoolean(areEqual(left, right)),
  '!=': (left, right) => fromBoolean(negated(areEqual(left, right))),
  '~': (left, right) => fromBoolean(areEquivalent(left, right)),
  '!~': (left, right) => fromBoolean(!areEquivalent(left, right)),
  '<': ordered((order) => order < 0),
  '<=': ordered((order) => order <= 0),
  '>': ordered((order) => order > 0),
  '>=': ordered((order) => order >= 0),
  '|': (left, right) => distinct([...left, ...right]),
  in: (left, right) => membership(singleton(left), right),
  contains: (left, right) => membership(singleton(right), left),
  '&': (left, right) => fromString((toText(left) ?? '') + (toText(right) ?? '')),
  '+': add,
  '-': arithmetic((left, right) => left - right),
  '*': arithmetic((left, right) => left * right),
  '/': arithmetic((left, right) => left / right),
  div: arithmetic((left, right) => Math.trunc(left / right)),
  mod: arithmetic((left, right) => left % right),
};
