/** The truth of a FHIRPath condition about one value; undefined where FHIRPath says empty (hl7.org/fhirpath). */
import { type Branch, valuesAt } from './branch.ts';
import type { Expression } from './expression.ts';
import { referencedType } from './types/reference.ts';

export type Condition = (focus: unknown) => boolean | undefined;

/** Resolves a path against the value that the condition is about. */
export type PathOf = (expression: Expression) => readonly Branch[];

/** @throws Error when the expression is outside the subset */
export function compileCondition(expression: Expression, pathOf: PathOf): Condition {
  switch (expression.kind) {
    case 'and':
      return both(compileCondition(expression.left, pathOf), compileCondition(expression.right, pathOf));
    case 'equal':
      return equals(valuesOf(expression.left, pathOf), valuesOf(expression.right, pathOf));
    case 'unequal': {
      const equal = equals(valuesOf(expression.left, pathOf), valuesOf(expression.right, pathOf));
      return (focus) => negate(equal(focus));
    }
    case 'is':
      return isOfType(expression.of, expression.type);
    case 'call':
      return exists(expression, pathOf);
    default:
      throw new Error(`a condition that is a ${expression.kind} is not supported`);
  }
}

/** Three-valued: false wins over unknown. */
const both =
  (left: Condition, right: Condition): Condition =>
  (focus) => {
    const [a, b] = [left(focus), right(focus)];
    if (a === false || b === false) return false;
    return a === undefined || b === undefined ? undefined : true;
  };

const negate = (truth: boolean | undefined): boolean | undefined => (truth === undefined ? undefined : !truth);

type ValuesOf = (focus: unknown) => readonly unknown[];

function valuesOf(expression: Expression, pathOf: PathOf): ValuesOf {
  if (expression.kind === 'literal') return () => [expression.value];
  const branches = pathOf(expression);
  return (focus) => valuesAt(branches, focus);
}

const equals =
  (left: ValuesOf, right: ValuesOf): Condition =>
  (focus) => {
    const [a, b] = [left(focus), right(focus)];
    if (a.length === 0 || b.length === 0) return undefined;
    return a.length === b.length && a.every((value, at) => value === b[at]);
  };

/** `resolve() is Patient` is told from the reference itself, as nothing is fetched while indexing. */
function isOfType(of: Expression, type: string): Condition {
  if (of.kind !== 'call' || of.name !== 'resolve' || of.of) throw new Error('"is" is only supported after resolve()');
  return (focus) => referencedType(focus) === type;
}

function exists(call: Extract<Expression, { kind: 'call' }>, pathOf: PathOf): Condition {
  if (call.name !== 'exists' || !call.of || call.arguments.length > 0) {
    throw new Error(`${call.name}() is not supported in a condition`);
  }
  const branches = pathOf(call.of);
  return (focus) => valuesAt(branches, focus).length > 0;
}
