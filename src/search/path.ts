/** FHIRPath expressions resolved against the element table into typed paths (FHIR R4, searchparameter.html). */
import { isObject } from '../fhir/resource-content.ts';
import { type Branch, keepIndex, keepWhere, rootBranch, step } from './branch.ts';
import { compileCondition } from './condition.ts';
import { childElements, type ElementTable } from './element-table.ts';
import type { CallExpression, Expression } from './expression.ts';

export interface PathScope {
  readonly elements: ElementTable;
  /** Branches of other resource types are left out. */
  readonly resourceType: string;
  /** What a path starts from that doesn't begin with a type. */
  readonly focus: Branch;
}

const ANY_RESOURCE: ReadonlySet<string> = new Set(['Resource', 'DomainResource']);

/**
 * The paths of an expression that apply to the resource type.
 * @throws Error saying which part is outside the subset or not in the element table
 */
export function resolvePath(expression: Expression, scope: PathScope): readonly Branch[] {
  switch (expression.kind) {
    case 'union':
      return [...resolvePath(expression.left, scope), ...resolvePath(expression.right, scope)];
    case 'name':
      return resolveName(expression.name, scope);
    case 'member':
      return members(resolvePath(expression.of, scope), expression.name, scope);
    case 'index':
      return resolvePath(expression.of, scope).map((branch) => keepIndex(branch, expression.index));
    case 'as':
      return ofType(resolvePath(expression.of, scope), expression.type);
    case 'call':
      return resolveCall(expression, scope);
    case 'literal':
      throw new Error('a literal is not a path');
    default:
      return [truthOf(expression, scope)];
  }
}

/** A name is a type where it starts with a capital, and an element of the focus otherwise. */
function resolveName(name: string, scope: PathScope): readonly Branch[] {
  if (name === scope.resourceType || ANY_RESOURCE.has(name)) return [rootBranch(scope.resourceType)];
  return /^[A-Z]/.test(name) ? [] : members([scope.focus], name, scope);
}

function members(branches: readonly Branch[], name: string, { elements }: PathScope): readonly Branch[] {
  const found = branches.flatMap((branch) =>
    childElements(elements, branch.children, name).map((child) => step(branch, child)),
  );
  if (found.length === 0 && branches.length > 0) throw new Error(`${branches[0]?.children} has no element "${name}"`);
  return found;
}

/** Some of HL7's own expressions write `DateTime` for `dateTime`. */
function ofType(branches: readonly Branch[], type: string): readonly Branch[] {
  const wanted = type.toLowerCase();
  const found = branches.filter((branch) => branch.type.toLowerCase() === wanted);
  if (found.length === 0 && branches.length > 0) throw new Error(`${branches[0]?.path} can't be a ${type}`);
  return found;
}

function resolveCall(call: CallExpression, scope: PathScope): readonly Branch[] {
  if (call.name === 'exists') return [truthOf(call, scope)];
  const [argument, ...more] = call.arguments;
  if (!argument || more.length > 0) throw new Error(`${call.name}() is not supported`);
  const from = call.of ? resolvePath(call.of, scope) : [scope.focus];
  return applyFunction({ name: call.name, argument, from }, scope);
}

interface FunctionCall {
  readonly name: string;
  readonly argument: Expression;
  readonly from: readonly Branch[];
}

function applyFunction({ name, argument, from }: FunctionCall, scope: PathScope): readonly Branch[] {
  if (name === 'where') return from.map((branch) => where(branch, argument, scope));
  if ((name === 'as' || name === 'ofType') && argument.kind === 'name') return ofType(from, argument.name);
  if (name === 'extension' && argument.kind === 'literal') return extensions(from, argument.value, scope);
  throw new Error(`${name}() is not supported`);
}

function where(branch: Branch, criterion: Expression, scope: PathScope): Branch {
  const local = { ...scope, focus: { ...rootBranch(branch.type), path: branch.path, children: branch.children } };
  const condition = compileCondition(criterion, (expression) => resolvePath(expression, local));
  const kept = keepWhere(branch, (value) => condition(value) === true);
  return criterion.kind === 'is' ? { ...kept, targets: [criterion.type] } : kept;
}

function extensions(from: readonly Branch[], url: unknown, scope: PathScope): readonly Branch[] {
  const all = from.map((branch) => {
    const listed = childElements(scope.elements, branch.children, 'extension')[0];
    if (!listed) throw new Error(`${branch.children} has no extensions`);
    return step(branch, listed);
  });
  return all.map((branch) => keepWhere(branch, (value) => isObject(value) && value['url'] === url));
}

/** A condition as a value: true or false, or nothing where FHIRPath says empty. */
function truthOf(expression: Expression, scope: PathScope): Branch {
  const condition = compileCondition(expression, (inner) => resolvePath(inner, scope));
  return {
    ...rootBranch('boolean'),
    visit: (focus, found) => {
      const truth = condition(focus);
      if (truth !== undefined) found(truth);
    },
  };
}
