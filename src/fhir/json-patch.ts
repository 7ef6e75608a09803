/** JSON Patch (RFC 6902; FHIR R4, http.html#patch) on trees that keep the digits of numbers. */
import { badStructure, type FhirError, testFailed } from './error.ts';
import { isEqualTree, itemsOf, type JsonTree, memberOf, parseTree, stringOf, withMember } from './json-tree.ts';
import { parseJson } from './resource-content.ts';

export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: Pointer; readonly value: JsonTree }
  | { readonly op: 'remove'; readonly path: Pointer }
  | { readonly op: 'move' | 'copy'; readonly path: Pointer; readonly from: Pointer };

/** The reference tokens of a JSON Pointer (RFC 6901), unescaped. */
type Pointer = readonly string[];

/** Reads a patch document. @throws FhirError 400 where it is not a JSON Patch. */
export function parseJsonPatch(text: string): readonly JsonPatchOperation[] {
  if (!Array.isArray(parseJson(text))) throw badStructure('A JSON Patch is an array of operations.');
  return itemsOf(parseTree(text.trim())).map(parseOperation);
}

function parseOperation(tree: JsonTree, index: number): JsonPatchOperation {
  const op = stringOf(memberOf(tree, 'op'));
  const path = parsePointer(memberOf(tree, 'path'), `path of operation ${index}`);
  switch (op) {
    case 'add':
    case 'replace':
    case 'test': {
      const value = memberOf(tree, 'value');
      if (!value) throw badStructure(`Operation ${index} (${op}) needs a value.`);
      return { op, path, value };
    }
    case 'remove':
      return { op, path };
    case 'move':
    case 'copy':
      return { op, path, from: parsePointer(memberOf(tree, 'from'), `from of operation ${index}`) };
    default:
      throw badStructure(`Operation ${index} has no op that is add, remove, replace, move, copy or test.`);
  }
}

function parsePointer(tree: JsonTree | undefined, what: string): Pointer {
  const text = stringOf(tree);
  if (text === undefined || !/^(\/([^~]|~[01])*)?$/.test(text))
    throw badStructure(`The ${what} is not a JSON Pointer.`);
  return text
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * The document that the operations make of another, all of them or none.
 * @throws FhirError 422 where an operation does not apply to it, or a test fails
 */
export function applyJsonPatch(document: JsonTree, operations: readonly JsonPatchOperation[]): JsonTree {
  return operations.reduce((tree, operation, index) => applyOperation(tree, operation, index), document);
}

function applyOperation(tree: JsonTree, operation: JsonPatchOperation, index: number): JsonTree {
  const missing = (pointer: Pointer) => doesNotApply(pointer, operation.op, index);
  switch (operation.op) {
    case 'add':
      return put(tree, operation.path, operation.value) ?? fail(missing(operation.path));
    case 'remove':
      return remove(tree, operation.path) ?? fail(missing(operation.path));
    case 'replace':
      return replace(tree, operation.path, operation.value) ?? fail(missing(operation.path));
    case 'test':
      return test(tree, operation, index);
    case 'copy':
      return (
        put(tree, operation.path, at(tree, operation.from) ?? fail(missing(operation.from))) ??
        fail(missing(operation.path))
      );
    case 'move':
      return move(tree, operation, missing);
  }
}

const fail = (refusal: FhirError): never => {
  throw refusal;
};

const doesNotApply = (pointer: Pointer, op: string, index: number): FhirError =>
  testFailed(`Operation ${index} (${op}) does not apply: there is no ${printable(pointer)} to work on.`);

/** A pointer as it may be repeated in an answer. */
const printable = (pointer: Pointer): string => `/${pointer.join('/')}`.slice(0, 128).replace(/[^\w/.-]/g, '?');

function test(tree: JsonTree, { path, value }: { readonly path: Pointer; readonly value: JsonTree }, index: number) {
  const found = at(tree, path);
  if (found && isEqualTree(found, value)) return tree;
  throw testFailed(`Operation ${index} (test): ${printable(path)} is not the value that the patch expects.`);
}

type Move = Extract<JsonPatchOperation, { readonly from: Pointer }>;

function move(tree: JsonTree, { path, from }: Move, missing: (pointer: Pointer) => FhirError): JsonTree {
  const value = at(tree, from) ?? fail(missing(from));
  // "The from location MUST NOT be a proper prefix of the path location" (RFC 6902, section 4.4).
  if (from.length < path.length && from.every((token, index) => token === path[index])) throw missing(path);
  const without = from.length === 0 ? tree : (remove(tree, from) ?? fail(missing(from)));
  return put(without, path, value) ?? fail(missing(path));
}

/** The value at a pointer; undefined where there is none. */
function at(tree: JsonTree | undefined, [token, ...rest]: Pointer): JsonTree | undefined {
  if (token === undefined || tree === undefined) return tree;
  return at(
    tree.kind === 'array' ? tree.items[position(token, tree.items.length - 1) ?? -1] : memberOf(tree, token),
    rest,
  );
}

/** An array index without leading zeros, up to `last`. */
function position(token: string, last: number): number | undefined {
  const index = /^(0|[1-9]\d{0,8})$/.test(token) ? Number(token) : Number.POSITIVE_INFINITY;
  return index <= last ? index : undefined;
}

/** Works on the container of what the pointer's last token names; undefined where there is no such container. */
function inside(
  tree: JsonTree,
  [token, ...rest]: Pointer,
  change: (container: JsonTree, last: string) => JsonTree | undefined,
): JsonTree | undefined {
  if (token === undefined) return undefined;
  if (rest.length === 0) return change(tree, token);
  const child = at(tree, [token]);
  const changed = child && inside(child, rest, change);
  return changed && set(tree, token, changed);
}

/** The container with an existing value set. */
function set(tree: JsonTree, token: string, value: JsonTree): JsonTree | undefined {
  if (tree.kind === 'object') return withMember(tree, token, value);
  if (tree.kind !== 'array') return undefined;
  const index = position(token, tree.items.length - 1);
  return index === undefined ? undefined : { kind: 'array', items: tree.items.with(index, value) };
}

const put = (tree: JsonTree, path: Pointer, value: JsonTree): JsonTree | undefined =>
  path.length === 0
    ? value
    : inside(tree, path, (container, token) => {
        if (container.kind !== 'array') return set(container, token, value);
        const index = token === '-' ? container.items.length : position(token, container.items.length);
        return index === undefined ? undefined : { kind: 'array', items: container.items.toSpliced(index, 0, value) };
      });

const replace = (tree: JsonTree, path: Pointer, value: JsonTree): JsonTree | undefined =>
  path.length === 0
    ? value
    : inside(tree, path, (container, token) => (at(container, [token]) ? set(container, token, value) : undefined));

const remove = (tree: JsonTree, path: Pointer): JsonTree | undefined =>
  inside(tree, path, (container, token) => {
    if (container.kind === 'object')
      return container.members.has(token) ? withMember(container, token, undefined) : undefined;
    const index = container.kind === 'array' ? position(token, container.items.length - 1) : undefined;
    return container.kind === 'array' && index !== undefined
      ? { kind: 'array', items: container.items.toSpliced(index, 1) }
      : undefined;
  });
