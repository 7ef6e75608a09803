/** Invariants of profiles (FHIR R4, conformance-rules.html#constraints): FHIRPath, compiled once. */
import type { ElementDefinitionConstraint } from '@medplum/fhirtypes';
import type { Collection } from '../fhirpath/collection.ts';
import { type CompileScope, compile } from '../fhirpath/compile.ts';
import { type Expression, parseFhirPath } from '../fhirpath/parse.ts';
import { type Fault, type ItemCheck, report } from './run.ts';

const BEST_PRACTICE = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice';

export interface ConstraintScope extends CompileScope {
  /** Whether the constrained element has a child of that name which is no boolean. */
  readonly isNoBoolean: (name: string) => boolean;
}

/** @throws UnsupportedExpression where the expression is outside of what is evaluated here */
export function compileConstraint(constraint: ElementDefinitionConstraint, scope: ConstraintScope): ItemCheck {
  const { key = '', expression = '' } = constraint;
  const evaluate = compile(withExistence(parseFhirPath(expression), scope.isNoBoolean), scope);
  const fault = faultOf(key, constraint);
  return (item, place, run) => {
    const context: Collection = [item];
    if (!holds(() => evaluate(context, { ...run.around, context }))) report(run, place, fault);
  };
}

const LOGICAL: ReadonlySet<string> = new Set(['and', 'or', 'xor', 'implies']);

/**
 * US Core 6.1.0 says `telecom or endpoint` for "one of them exists". Strictly that is empty where neither is there, and an
 * error where there are two; it is read as it is meant.
 */
function withExistence(expression: Expression, isNoBoolean: (name: string) => boolean): Expression {
  if (expression.kind !== 'binary' || !LOGICAL.has(expression.operator)) return expression;
  const meant = (operand: Expression): Expression =>
    operand.kind === 'member' && !operand.of && isNoBoolean(operand.name)
      ? { kind: 'call', of: operand, name: 'exists', arguments: [] }
      : withExistence(operand, isNoBoolean);
  return { ...expression, left: meant(expression.left), right: meant(expression.right) };
}

/** Best practice is advice, whatever its severity says (FHIR R4, best-practices.html). */
function faultOf(key: string, { severity, human, extension = [] }: ElementDefinitionConstraint): Fault {
  const isAdvice = extension.some(({ url, valueBoolean }) => url === BEST_PRACTICE && valueBoolean === true);
  const message = human ?? `The rule ${key} does not hold.`;
  return { severity: severity === 'error' && !isAdvice ? 'error' : 'warning', code: 'invariant', id: key, message };
}

/** Only false breaks a rule: empty is neither, and what can't be evaluated on this content can't be judged. */
function holds(evaluate: () => Collection): boolean {
  try {
    const [only, ...more] = evaluate();
    return more.length > 0 || only?.value !== false;
  } catch {
    return true;
  }
}
