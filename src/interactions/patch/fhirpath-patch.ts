/** FHIRPath Patch (FHIR R4, fhirpatch.html): operations on the elements that paths name, decimals keep their digits. */
import { badValue, testFailed } from '../../fhir/error.ts';
import { itemsOf, type JsonTree, type ObjectTree, withMember } from '../../fhir/json-tree.ts';
import type { ChildElement, ElementTable } from '../../search/element-table.ts';
import { changeAt, changeList, countOf, withoutProperty } from './element-list.ts';
import type { FhirPathOperation, PatchValue } from './fhirpath-operations.ts';
import { childrenNamed, type Location, locate } from './locate.ts';

/**
 * The resource that the operations make of another, all of them or none.
 * @throws FhirError 400 for a path or value that can't be, 422 where an operation does not apply to this resource
 */
export function applyFhirPathPatch(
  resource: JsonTree,
  operations: readonly FhirPathOperation[],
  elements: ElementTable,
): JsonTree {
  return operations.reduce((tree, operation) => applyOperation(operation, { resource: tree, elements }), resource);
}

interface Scope {
  readonly resource: JsonTree;
  readonly elements: ElementTable;
}

function applyOperation(operation: FhirPathOperation, scope: Scope): JsonTree {
  switch (operation.type) {
    case 'add':
      return add(operation, scope);
    case 'insert':
      return insert(operation, scope);
    case 'delete':
      return remove(operation, scope);
    case 'replace':
      return replace(operation, scope);
    case 'move':
      return move(operation, scope);
  }
}

type Of<Type> = Extract<FhirPathOperation, { readonly type: Type }>;

/** The one element that a path names. @throws FhirError 422 */
function single({ path, place, type }: FhirPathOperation, scope: Scope): Location {
  const [location, another] = locate(path, scope);
  if (!location) throw testFailed(`The path of this ${type} names nothing in the resource.`, place);
  if (another) throw testFailed(`The path of this ${type} names several elements; it must name one.`, place);
  return location;
}

function add(operation: Of<'add'>, scope: Scope): JsonTree {
  const location = single(operation, scope);
  const { child, tree } = resolveValue(operation, childrenNamed(location, operation.name, scope.elements), scope);
  return changeAt(scope.resource, location.keys, (object) => {
    if (child.many)
      return changeList(object, child.property, (items, isCompanion) => [...items, isCompanion ? undefined : tree]);
    if (childrenNamed(location, operation.name, scope.elements).some(({ property }) => countOf(object, property) > 0)) {
      throw testFailed(`${operation.name} has a value already; use replace.`, operation.place);
    }
    return withMember(object, child.property, tree);
  });
}

/** Of the types that an element may have, the one that the value is of, and the value. */
function resolveValue(
  { value, place }: { readonly value: PatchValue; readonly place: string },
  children: readonly ChildElement[],
  scope: Scope,
): { readonly child: ChildElement; readonly tree: JsonTree } {
  const [only, ...others] = children;
  const isChoice = others.length > 0;
  const child =
    value.kind === 'typed' && isChoice
      ? children.find(({ type }) => type.toLowerCase() === value.type.toLowerCase())
      : only;
  if (!child || (value.kind === 'typed' && child.type === 'BackboneElement')) {
    throw badValue('The element is of another type than the value.', place);
  }
  return { child, tree: value.kind === 'typed' ? value.tree : buildParts(value, child, { place, scope }) };
}

interface Building {
  readonly place: string;
  readonly scope: Scope;
}

/** An element without a type of its own, made of its named parts. */
function buildParts(
  { parts }: Extract<PatchValue, { kind: 'parts' }>,
  { type, children }: ChildElement,
  { place, scope }: Building,
): JsonTree {
  const parent: Location = { keys: [], value: undefined, type, children, declared: [] };
  return parts.reduce<ObjectTree>(
    (object, { name, value }) => {
      const { child, tree } = resolveValue({ value, place }, childrenNamed(parent, name, scope.elements), scope);
      const items = itemsOf(object.members.get(child.property));
      return withMember(object, child.property, child.many ? { kind: 'array', items: [...items, tree] } : tree);
    },
    { kind: 'object', members: new Map() },
  );
}

/** The list that a path ends in: `Patient.contact[0].telecom`. @throws FhirError 422 where it ends in none. */
function listOf(
  operation: Of<'insert' | 'move'>,
  scope: Scope,
): { readonly parent: Location; readonly children: readonly ChildElement[] } {
  const { path, place } = operation;
  if (path.kind !== 'member' && path.kind !== 'name') throw badValue('The path must end in the name of a list.', place);
  const parent = single(path.kind === 'member' ? { ...operation, path: path.of } : { ...operation, path: ROOT }, scope);
  const children = childrenNamed(parent, path.name, scope.elements);
  if (children.some(({ many }) => many)) return { parent, children };
  throw badValue(`${path.name} is not a list.`, place);
}

const ROOT = { kind: 'name', name: 'Resource' } as const;

function insert(operation: Of<'insert'>, scope: Scope): JsonTree {
  const { parent, children } = listOf(operation, scope);
  const { child, tree } = resolveValue(operation, children, scope);
  const { index, place } = operation;
  return changeAt(scope.resource, parent.keys, (object) => {
    if (index > countOf(object, child.property)) throw testFailed(`The list ends before index ${index}.`, place);
    return changeList(object, child.property, (items, isCompanion) =>
      items.toSpliced(index, 0, isCompanion ? undefined : tree),
    );
  });
}

function move(operation: Of<'move'>, scope: Scope): JsonTree {
  const { parent, children } = listOf(operation, scope);
  const { source, destination, place } = operation;
  const property = children[0]?.property ?? '';
  return changeAt(scope.resource, parent.keys, (object) => {
    const last = countOf(object, property) - 1;
    if (Math.max(source, destination) > last) throw testFailed('The list ends before that index.', place);
    return changeList(object, property, (items) => items.toSpliced(source, 1).toSpliced(destination, 0, items[source]));
  });
}

/** Deleting what is not there is no error ("if no element exists, no error occurs"). */
function remove(operation: Of<'delete'>, scope: Scope): JsonTree {
  if (locate(operation.path, scope).length === 0) return scope.resource;
  const { keys } = single(operation, scope);
  return changeElement(keys, scope, operation, (object, property, index) =>
    index === undefined
      ? withoutProperty(object, property)
      : changeList(object, property, (items) => items.toSpliced(index, 1)),
  );
}

function replace(operation: Of<'replace'>, scope: Scope): JsonTree {
  const location = single(operation, scope);
  const { value, place } = operation;
  const { child, tree } = resolveValue({ value, place }, location.declared, scope);
  return changeElement(location.keys, scope, operation, (object, property, index) =>
    index === undefined
      ? withMember(cleared(object, property, child.property), child.property, tree)
      : changeList(object, property, (items, isCompanion) => items.with(index, isCompanion ? undefined : tree)),
  );
}

/** Without what a new value takes the place of; a property that stays keeps its place. */
const cleared = (object: ObjectTree, property: string, next: string): ObjectTree =>
  property === next ? withMember(object, `_${property}`, undefined) : withoutProperty(object, property);

/** Changes the object that holds an element. */
function changeElement(
  keys: Location['keys'],
  { resource }: Scope,
  { place }: FhirPathOperation,
  change: (object: ObjectTree, property: string, index: number | undefined) => ObjectTree,
): JsonTree {
  const last = keys.at(-1);
  const index = typeof last === 'number' ? last : undefined;
  const property = index === undefined ? last : keys.at(-2);
  if (typeof property !== 'string') throw testFailed('A patch can’t replace or delete the resource itself.', place);
  return changeAt(resource, keys.slice(0, index === undefined ? -1 : -2), (object) => change(object, property, index));
}
