/** The functions of FHIRPath that constraints use (hl7.org/fhirpath/N1, section "Functions"; FHIR R4, fhirpath.html#functions). */
import {
  type Collection,
  EMPTY,
  EvaluationError,
  fromBoolean,
  fromInteger,
  type Item,
  singleton,
  toBoolean,
  toNumber,
  toText,
} from './collection.ts';
import type { CompileScope, Evaluate } from './compile.ts';
import { contains, distinct } from './operators.ts';
import type { Expression } from './parse.ts';
import { textFunctions } from './text-functions.ts';
import { UnsupportedExpression } from './tokens.ts';
import { isOfType } from './types.ts';

/** A call to be compiled: what it is called on, and its arguments. */
export interface FunctionCall {
  readonly from: Evaluate;
  readonly expressions: readonly Expression[];
  readonly scope: CompileScope;
  readonly compile: (expression: Expression) => Evaluate;
}

export type FunctionCompiler = (call: FunctionCall) => Evaluate;

/** @throws UnsupportedExpression where there are fewer arguments, or more */
export function argumentsOf(call: FunctionCall, least: number, most = least): readonly Evaluate[] {
  const { length } = call.expressions;
  if (length < least || length > most) throw new UnsupportedExpression('a function has another number of arguments');
  return call.expressions.map(call.compile);
}

/** A function of the collection alone. */
const plain =
  (apply: (collection: Collection) => Collection): FunctionCompiler =>
  (call) => {
    argumentsOf(call, 0);
    const { from } = call;
    return (focus, around, position) => apply(from(focus, around, position));
  };

/** A function of the collection and another one. */
const withOther =
  (apply: (collection: Collection, other: Collection) => Collection): FunctionCompiler =>
  (call) => {
    const { from } = call;
    const [other = from] = argumentsOf(call, 1);
    return (focus, around, position) => apply(from(focus, around, position), other(focus, around, position));
  };

/** A function that asks something of each item. */
const withCriterion =
  (apply: (collection: Collection, holds: (item: Item, index: number) => boolean) => Collection): FunctionCompiler =>
  (call) => {
    const { from } = call;
    const [criterion = from] = argumentsOf(call, 1);
    return (focus, around, position) =>
      apply(from(focus, around, position), (item, index) => toBoolean(criterion([item], around, index)) === true);
  };

const isBoolean =
  (wanted: boolean) =>
  ({ value }: Item): boolean =>
    value === wanted;

const exists: FunctionCompiler = (call) => {
  if (call.expressions.length > 0) return withCriterion((items, holds) => fromBoolean(items.some(holds)))(call);
  const { from } = call;
  return (focus, around, position) => fromBoolean(from(focus, around, position).length > 0);
};

const select: FunctionCompiler = (call) => {
  const { from } = call;
  const [projection = from] = argumentsOf(call, 1);
  return (focus, around, position) =>
    from(focus, around, position).flatMap((item, index) => projection([item], around, index));
};

/** Only the branch that is taken is evaluated. */
const iif: FunctionCompiler = (call) => {
  const { from } = call;
  const [criterion = from, then = from, otherwise] = argumentsOf(call, 2, 3);
  return (focus, around, position) => {
    const input = from(focus, around, position);
    if (toBoolean(criterion(input, around, position)) === true) return then(input, around, position);
    return otherwise ? otherwise(input, around, position) : EMPTY;
  };
};

/** `ofType(Quantity)`, `as(FHIR.string)`: the argument is a type, not a path. */
function typeArgument({ expressions: [argument, ...more] }: FunctionCall): string {
  if (argument?.kind !== 'member' || more.length > 0) throw new UnsupportedExpression('a type is needed there');
  const { of, name } = argument;
  if (!of) return name;
  if (of.kind === 'member' && !of.of) return `${of.name}.${name}`;
  throw new UnsupportedExpression('a type is needed there');
}

const ofType: FunctionCompiler = (call) => {
  const { from } = call;
  const type = typeArgument(call);
  return (focus, around, position) => from(focus, around, position).filter((item) => isOfType(item, type));
};

const is: FunctionCompiler = (call) => {
  const { from } = call;
  const type = typeArgument(call);
  return (focus, around, position) => {
    const item = singleton(from(focus, around, position));
    return item ? fromBoolean(isOfType(item, type)) : EMPTY;
  };
};

const extension: FunctionCompiler = (call) => {
  const { from } = call;
  const extensions = call.scope.children('extension');
  const [url = from] = argumentsOf(call, 1);
  return (focus, around, position) => {
    const wanted = toText(url(focus, around, position));
    return from(focus, around, position)
      .flatMap(extensions)
      .filter(({ value }) => (value as { readonly url?: unknown }).url === wanted);
  };
};

const memberOf: FunctionCompiler = (call) => {
  const { from } = call;
  const [valueSet = from] = argumentsOf(call, 1);
  return (focus, around, position) => {
    const item = singleton(from(focus, around, position));
    const url = toText(valueSet(focus, around, position));
    return item && url !== undefined ? fromBoolean(around.memberOf(item.value, url)) : EMPTY;
  };
};

const slice = (count: 'skip' | 'take'): FunctionCompiler =>
  withOther((items, other) => {
    const wanted = Math.max(0, toNumber(other) ?? 0);
    return count === 'skip' ? items.slice(wanted) : items.slice(0, wanted);
  });

const children: FunctionCompiler = (call) => plain((items) => items.flatMap(call.scope.everyChild))(call);

const descendants: FunctionCompiler = (call) => {
  const below = (items: Collection): Collection => {
    const found = items.flatMap(call.scope.everyChild);
    return found.length === 0 ? EMPTY : [...found, ...below(found)];
  };
  return plain(below)(call);
};

/** `trace(name, projection)` writes nothing here and gives back what it was called on. */
const trace: FunctionCompiler = (call) => {
  argumentsOf(call, 1, 2);
  return call.from;
};

const only = (items: Collection): Collection => {
  const item = singleton(items);
  return item ? [item] : EMPTY;
};

const hasValue = (items: Collection): boolean => {
  const [item, ...more] = items;
  return item !== undefined && more.length === 0 && item.value !== undefined && typeof item.value !== 'object';
};

const not = (items: Collection): Collection => {
  const value = toBoolean(items);
  return value === undefined ? EMPTY : fromBoolean(!value);
};

const everyBoolean = (items: Collection, wanted: boolean): Collection => {
  if (items.some(({ value }) => typeof value !== 'boolean')) {
    throw new EvaluationError('There is something else where a truth value is needed.');
  }
  return fromBoolean(items.every(isBoolean(wanted)));
};

export const functions: Readonly<Record<string, FunctionCompiler>> = {
  ...textFunctions,
  exists,
  select,
  iif,
  ofType,
  as: ofType,
  is,
  extension,
  memberOf,
  children,
  descendants,
  trace,
  empty: plain((items) => fromBoolean(items.length === 0)),
  not: plain(not),
  count: plain((items) => fromInteger(items.length)),
  where: withCriterion((items, holds) => items.filter(holds)),
  all: withCriterion((items, holds) => fromBoolean(items.every(holds))),
  allTrue: plain((items) => everyBoolean(items, true)),
  allFalse: plain((items) => everyBoolean(items, false)),
  anyTrue: plain((items) => fromBoolean(items.some(isBoolean(true)))),
  anyFalse: plain((items) => fromBoolean(items.some(isBoolean(false)))),
  first: plain((items) => items.slice(0, 1)),
  last: plain((items) => items.slice(-1)),
  tail: plain((items) => items.slice(1)),
  skip: slice('skip'),
  take: slice('take'),
  single: plain(only),
  distinct: plain(distinct),
  isDistinct: plain((items) => fromBoolean(distinct(items).length === items.length)),
  hasValue: plain((items) => fromBoolean(hasValue(items))),
  getValue: plain((items) => (hasValue(items) ? items : EMPTY)),
  union: withOther((items, others) => distinct([...items, ...others])),
  combine: withOther((items, others) => [...items, ...others]),
  intersect: withOther((items, others) => distinct(items.filter((item) => contains(others, item)))),
  exclude: withOther((items, others) => items.filter((item) => !contains(others, item))),
  subsetOf: withOther((items, others) => fromBoolean(items.every((item) => contains(others, item)))),
  supersetOf: withOther((items, others) => fromBoolean(others.every((item) => contains(items, item)))),
};
