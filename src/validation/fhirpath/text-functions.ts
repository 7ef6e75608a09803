/** The functions of FHIRPath on texts and numbers (hl7.org/fhirpath/N1, sections "String Manipulation" and "Conversion"). */
import {
  type Collection,
  EMPTY,
  EvaluationError,
  fromBoolean,
  fromInteger,
  fromNumber,
  fromString,
  singleton,
  toNumber,
  toText,
} from './collection.ts';
import type { FunctionCall, FunctionCompiler } from './functions.ts';
import { compilePattern, type PatternTest } from './safe-pattern.ts';
import { UnsupportedExpression } from './tokens.ts';

/** A function of a text alone; empty for none. */
const ofText =
  (apply: (text: string) => Collection): FunctionCompiler =>
  ({ from, expressions }) => {
    if (expressions.length > 0) throw new UnsupportedExpression('a function has another number of arguments');
    return (focus, around, position) => {
      const text = toText(from(focus, around, position));
      return text === undefined ? EMPTY : apply(text);
    };
  };

/** A function of two texts; empty where one of them is. */
const ofTwoTexts =
  (apply: (text: string, other: string) => Collection): FunctionCompiler =>
  (call) => {
    const { from } = call;
    const other = onlyArgument(call);
    return (focus, around, position) => {
      const text = toText(from(focus, around, position));
      const second = toText(other(focus, around, position));
      return text === undefined || second === undefined ? EMPTY : apply(text, second);
    };
  };

function onlyArgument({ expressions: [argument, ...more], compile }: FunctionCall) {
  if (argument && more.length === 0) return compile(argument);
  throw new UnsupportedExpression('a function has another number of arguments');
}

/** The pattern must be written in the constraint: one that content chooses could run for long. */
const matches: FunctionCompiler = ({ from, expressions: [argument, ...more] }) => {
  if (argument?.kind !== 'string' || more.length > 0) {
    throw new UnsupportedExpression('matches() is evaluated with a pattern that is written out');
  }
  const test: PatternTest = compilePattern(argument.value);
  return (focus, around, position) => {
    const text = toText(from(focus, around, position));
    return text === undefined ? EMPTY : fromBoolean(test(text));
  };
};

const substring: FunctionCompiler = ({ from, expressions, compile }) => {
  const [start, length] = expressions.map(compile);
  if (!start || expressions.length > 2) throw new UnsupportedExpression('substring() has one or two arguments');
  return (focus, around, position) => {
    const text = toText(from(focus, around, position));
    const begin = toNumber(start(focus, around, position));
    if (text === undefined || begin === undefined || begin < 0 || begin >= text.length) return EMPTY;
    const count = length ? toNumber(length(focus, around, position)) : undefined;
    return fromString(text.slice(begin, count === undefined ? undefined : begin + Math.max(0, count)));
  };
};

const toInteger = (items: Collection): Collection => {
  const value = singleton(items)?.value;
  if (typeof value === 'boolean') return fromInteger(Number(value));
  if (typeof value === 'number' && Number.isInteger(value)) return fromInteger(value);
  return typeof value === 'string' && /^[+-]?\d+$/.test(value) ? fromInteger(Number(value)) : EMPTY;
};

const toDecimal = (items: Collection): Collection => {
  const value = singleton(items)?.value;
  if (typeof value === 'number') return fromNumber(value);
  return typeof value === 'string' && /^[+-]?\d+(?:\.\d+)?$/.test(value) ? fromNumber(Number(value)) : EMPTY;
};

const toSystemString = (items: Collection): Collection => {
  const value = singleton(items)?.value;
  if (value === undefined) return EMPTY;
  if (typeof value === 'object') throw new EvaluationError('There is something else where a text is needed.');
  return fromString(String(value));
};

const converting =
  (convert: (items: Collection) => Collection): FunctionCompiler =>
  ({ from, expressions }) => {
    if (expressions.length > 0) throw new UnsupportedExpression('a function has another number of arguments');
    return (focus, around, position) => convert(from(focus, around, position));
  };

export const textFunctions: Readonly<Record<string, FunctionCompiler>> = {
  matches,
  substring,
  startsWith: ofTwoTexts((text, other) => fromBoolean(text.startsWith(other))),
  endsWith: ofTwoTexts((text, other) => fromBoolean(text.endsWith(other))),
  contains: ofTwoTexts((text, other) => fromBoolean(text.includes(other))),
  indexOf: ofTwoTexts((text, other) => fromInteger(text.indexOf(other))),
  length: ofText((text) => fromInteger(text.length)),
  upper: ofText((text) => fromString(text.toUpperCase())),
  lower: ofText((text) => fromString(text.toLowerCase())),
  trim: ofText((text) => fromString(text.trim())),
  toInteger: converting(toInteger),
  toDecimal: converting(toDecimal),
  toString: converting(toSystemString),
};
