/** Expressions of FHIRPath as functions (hl7.org/fhirpath/N1; FHIR R4, fhirpath.html). */
import { allChildren, type ChildLookup, createChildLookup, type ElementRows } from './children.ts';
import {
  type Collection,
  EMPTY,
  fromBoolean,
  fromInteger,
  fromNumber,
  fromString,
  fromTemporal,
  type Item,
  singleton,
  toBoolean,
  toNumber,
} from './collection.ts';
import { type FunctionCompiler, functions } from './functions.ts';
import { operatorOf } from './operators.ts';
import type { CallExpression, Expression } from './parse.ts';
import { parseFhirPath } from './parse.ts';
import { UnsupportedExpression } from './tokens.ts';
import { isOfType, referencedType } from './types.ts';

/** What an evaluation goes on: the same for a whole expression. */
export interface Surroundings {
  /** The resource that the element is in; of a contained resource, that resource. */
  readonly resource: Item;
  /** The resource that contains it, or the same. */
  readonly rootResource: Item;
  /** What the expression was called on. */
  readonly context: Collection;
  /** Whether a code, Coding or CodeableConcept is in the value set; undefined where that can't be said. */
  readonly memberOf: (value: unknown, valueSet: string) => boolean | undefined;
}

/** `focus` is `$this`, `position` is `$index`. */
export type Evaluate = (focus: Collection, around: Surroundings, position?: number) => Collection;

/** What compiling needs to know. */
export interface CompileScope {
  readonly children: ChildLookup;
  readonly everyChild: (item: Item) => Collection;
}

export const createScope = (rows: ElementRows): CompileScope => {
  const children = createChildLookup(rows);
  return { children, everyChild: (item) => allChildren(item, children, rows) };
};

/** @throws UnsupportedExpression where the expression is outside of what is evaluated here */
export const compileFhirPath = (text: string, scope: CompileScope): Evaluate => compile(parseFhirPath(text), scope);

const FOCUS: Evaluate = (focus) => focus;

export function compile(expression: Expression, scope: CompileScope): Evaluate {
  switch (expression.kind) {
    case 'empty':
      return () => EMPTY;
    case 'this':
      return FOCUS;
    case 'position':
      return (_focus, _around, position = 0) => fromInteger(position);
    case 'variable':
      return compileVariable(expression.name);
    case 'member':
      return compileMember(expression, scope);
    case 'call':
      return compileCall(expression, scope);
    case 'at':
      return compileIndexer(expression, scope);
    case 'negative': {
      const of = compile(expression.of, scope);
      return (focus, around, position) => mapNumber(of(focus, around, position), (value) => -value);
    }
    case 'is':
    case 'as':
      return compileType(expression, scope);
    case 'binary':
      return compileBinary(expression, scope);
    default:
      return compileLiteral(expression);
  }
}

function compileLiteral(
  literal: Extract<Expression, { kind: 'string' | 'temporal' | 'number' | 'boolean' }>,
): Evaluate {
  const value = literalValue(literal);
  return () => value;
}

function literalValue(
  literal: Extract<Expression, { kind: 'string' | 'temporal' | 'number' | 'boolean' }>,
): Collection {
  switch (literal.kind) {
    case 'string':
      return fromString(literal.value);
    case 'number':
      return fromNumber(literal.value);
    case 'boolean':
      return fromBoolean(literal.value);
    case 'temporal':
      if (literal.value.startsWith('T')) throw new UnsupportedExpression('times without a date are not evaluated');
      return fromTemporal(literal.value);
  }
}

function mapNumber(collection: Collection, change: (value: number) => number): Collection {
  const value = toNumber(collection);
  return value === undefined ? EMPTY : fromNumber(change(value));
}

const CONSTANTS: Readonly<Record<string, string>> = {
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  ucum: 'http://unitsofmeasure.org',
};

function compileVariable(name: string): Evaluate {
  const constant = Object.hasOwn(CONSTANTS, name) ? fromString(CONSTANTS[name]) : variableConstant(name);
  if (constant) return () => constant;
  if (name === 'resource') return (_focus, around) => [around.resource];
  if (name === 'rootResource') return (_focus, around) => [around.rootResource];
  if (name === 'context') return (_focus, around) => around.context;
  throw new UnsupportedExpression(`%${name} is not known`);
}

/** `%vs-name` and `%ext-name` are short for canonical URLs of HL7's (fhirpath.html#variables). */
function variableConstant(name: string): Collection | undefined {
  if (name.startsWith('vs-')) return fromString(`http://hl7.org/fhir/ValueSet/${name.slice(3)}`);
  return name.startsWith('ext-') ? fromString(`http://hl7.org/fhir/StructureDefinition/${name.slice(4)}`) : undefined;
}

/** A path may begin with the type of what it starts from; else a name is an element. */
function compileMember({ of, name }: Extract<Expression, { kind: 'member' }>, scope: CompileScope): Evaluate {
  if (!of && /^[A-Z]/.test(name)) return (focus) => focus.filter((item) => isOfType(item, name));
  const from = of ? compile(of, scope) : FOCUS;
  const children = scope.children(name);
  return (focus, around, position) => {
    const parents = from(focus, around, position);
    if (parents.length === 1) return children(parents[0] as Item);
    return parents.length === 0 ? EMPTY : parents.flatMap(children);
  };
}

function compileIndexer({ of, index }: Extract<Expression, { kind: 'at' }>, scope: CompileScope): Evaluate {
  const [from, at] = [compile(of, scope), compile(index, scope)];
  return (focus, around, position) => {
    const wanted = toNumber(at(focus, around, position));
    return wanted === undefined ? EMPTY : from(focus, around, position).slice(wanted, wanted + 1);
  };
}

/** The target of a reference is never fetched: `resolve() is Patient` is answered by what the reference says. */
function compileType({ kind, of, type }: Extract<Expression, { kind: 'is' | 'as' }>, scope: CompileScope): Evaluate {
  if (kind === 'is' && of.kind === 'call' && of.name === 'resolve') return compileTargetType(of, type, scope);
  const from = compile(of, scope);
  return (focus, around, position) => {
    const item = singleton(from(focus, around, position));
    if (!item) return EMPTY;
    if (kind === 'is') return fromBoolean(isOfType(item, type));
    return isOfType(item, type) ? [item] : EMPTY;
  };
}

function compileTargetType({ of }: CallExpression, type: string, scope: CompileScope): Evaluate {
  const from = of ? compile(of, scope) : FOCUS;
  return (focus, around, position) => {
    const item = singleton(from(focus, around, position));
    if (!item) return EMPTY;
    const contained = (around.rootResource.value as { readonly contained?: unknown }).contained;
    const target = referencedType(item.value, contained);
    return target === undefined ? EMPTY : fromBoolean(target === type || type === 'Resource');
  };
}

function compileBinary(
  { operator, left, right }: Extract<Expression, { kind: 'binary' }>,
  scope: CompileScope,
): Evaluate {
  const [from, to] = [compile(left, scope), compile(right, scope)];
  const logical = LOGICAL[operator];
  if (logical) {
    return (focus, around, position) =>
      fromBoolean(logical(toBoolean(from(focus, around, position)), () => toBoolean(to(focus, around, position))));
  }
  const apply = operatorOf(operator);
  return (focus, around, position) => apply(from(focus, around, position), to(focus, around, position));
}

type Truth = boolean | undefined;

/** Three-valued logic; the right side is asked only where the left one does not decide. */
const LOGICAL: Readonly<Record<string, (left: Truth, right: () => Truth) => Truth>> = {
  and: (left, right) => (left === false ? false : bothTrue(left, right())),
  or: (left, right) => (left === true ? true : eitherTrue(left, right())),
  xor: (left, right) => {
    const other = right();
    return left === undefined || other === undefined ? undefined : left !== other;
  },
  implies: (left, right) => (left === false ? true : eitherTrue(left === undefined ? undefined : false, right())),
};

function bothTrue(left: Truth, right: Truth): Truth {
  if (right === false) return false;
  return left === undefined || right === undefined ? undefined : true;
}

function eitherTrue(left: Truth, right: Truth): Truth {
  if (right === true) return true;
  return left === undefined || right === undefined ? undefined : false;
}

function compileCall(call: CallExpression, scope: CompileScope): Evaluate {
  const compiler: FunctionCompiler | undefined = Object.hasOwn(functions, call.name) ? functions[call.name] : undefined;
  if (!compiler) throw new UnsupportedExpression(`${call.name}() is not evaluated`);
  const from = call.of ? compile(call.of, scope) : FOCUS;
  return compiler({ from, expressions: call.arguments, scope, compile: (argument) => compile(argument, scope) });
}
