/**
 * JSON as a tree that keeps what `JSON.parse` loses: the digits of numbers (FHIR R4, datatypes.html#decimal). Trees are
 * values: a change makes a new one that shares what did not change.
 */
import { arrayElements, objectMembers } from './json-text.ts';

export type JsonTree =
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, JsonTree> }
  | { readonly kind: 'array'; readonly items: readonly JsonTree[] }
  /** A string, number, boolean or null, as it is written. */
  | { readonly kind: 'scalar'; readonly text: string };

export type ObjectTree = Extract<JsonTree, { kind: 'object' }>;

/** The tree of text that `JSON.parse` has accepted. */
export function parseTree(text: string, start = 0): JsonTree {
  const first = text.charAt(start);
  if (first === '{') {
    const members = objectMembers(text, start).map(({ key, start: at, end }) => [key, subtree(text, at, end)] as const);
    return { kind: 'object', members: new Map(members) };
  }
  if (first === '[') {
    const items = arrayElements(text, start).map(({ start: at, end }) => subtree(text, at, end));
    return { kind: 'array', items };
  }
  return { kind: 'scalar', text: text.slice(start).trim() };
}

function subtree(text: string, start: number, end: number): JsonTree {
  const first = text.charAt(start);
  // A scalar is cut out; a container finds its own end.
  return first === '{' || first === '[' ? parseTree(text, start) : { kind: 'scalar', text: text.slice(start, end) };
}

/** Compact JSON text. */
export function formatTree(tree: JsonTree): string {
  switch (tree.kind) {
    case 'scalar':
      return tree.text;
    case 'array':
      return `[${tree.items.map(formatTree).join(',')}]`;
    case 'object':
      return `{${[...tree.members].map(([key, member]) => `${JSON.stringify(key)}:${formatTree(member)}`).join(',')}}`;
  }
}

/** JSON text for people: two spaces a level (`_pretty`, http.html#parameters). */
export function formatPretty(tree: JsonTree, indent = ''): string {
  const inner = `${indent}  `;
  if (tree.kind === 'array' && tree.items.length > 0) {
    return `[\n${tree.items.map((item) => inner + formatPretty(item, inner)).join(',\n')}\n${indent}]`;
  }
  if (tree.kind === 'object' && tree.members.size > 0) {
    const lines = [...tree.members].map(
      ([key, member]) => `${inner}${JSON.stringify(key)}: ${formatPretty(member, inner)}`,
    );
    return `{\n${lines.join(',\n')}\n${indent}}`;
  }
  return formatTree(tree);
}

/** The decoded string; undefined for any other tree. */
export function stringOf(tree: JsonTree | undefined): string | undefined {
  return tree?.kind === 'scalar' && tree.text.startsWith('"') ? (JSON.parse(tree.text) as string) : undefined;
}

/** The member of an object; undefined where there is none, or no object. */
export const memberOf = (tree: JsonTree | undefined, key: string): JsonTree | undefined =>
  tree?.kind === 'object' ? tree.members.get(key) : undefined;

/** The items of an array; a single value is a list of one, nothing is none. */
export function itemsOf(tree: JsonTree | undefined): readonly JsonTree[] {
  if (tree === undefined) return [];
  return tree.kind === 'array' ? tree.items : [tree];
}

/** The same object with the member set, or without it where `value` is undefined. */
export function withMember(tree: ObjectTree, key: string, value: JsonTree | undefined): ObjectTree {
  const members = new Map(tree.members);
  if (value === undefined) members.delete(key);
  else members.set(key, value);
  return { kind: 'object', members };
}

/** Whether both hold the same: members in any order, numbers by their value (RFC 6902, section 4.6). */
export function isEqualTree(one: JsonTree, other: JsonTree): boolean {
  if (one.kind === 'scalar' && other.kind === 'scalar') return JSON.parse(one.text) === JSON.parse(other.text);
  if (one.kind === 'array' && other.kind === 'array') return isEqualList(one.items, other.items);
  if (one.kind !== 'object' || other.kind !== 'object' || one.members.size !== other.members.size) return false;
  return [...one.members].every(([key, member]) => {
    const counterpart = other.members.get(key);
    return counterpart !== undefined && isEqualTree(member, counterpart);
  });
}

function isEqualList(some: readonly JsonTree[], others: readonly JsonTree[]): boolean {
  return (
    some.length === others.length &&
    some.every((item, index) => {
      const counterpart = others[index];
      return counterpart !== undefined && isEqualTree(item, counterpart);
    })
  );
}
