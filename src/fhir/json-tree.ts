/**
 * JSON as a tree that keeps what `JSON.parse` loses: the digits of numbers (FHIR R4, datatypes.html#decimal). Trees are
 * values: a change makes a new one that shares what did not change.
 */
import { badStructure } from './error.ts';
import { endOfString, endOfValue } from './json-text.ts';

export type JsonTree =
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, JsonTree> }
  | { readonly kind: 'array'; readonly items: readonly JsonTree[] }
  /** A string, number, boolean or null, as it is written. */
  | { readonly kind: 'scalar'; readonly text: string };

export type ObjectTree = Extract<JsonTree, { kind: 'object' }>;

/** Twice what a resource may nest: what goes deeper is an attack on whoever works on the tree. */
const DEEPEST = 256;

interface Cursor {
  readonly text: string;
  at: number;
  depth: number;
}

/** The tree of text that `JSON.parse` has accepted. @throws FhirError 400 where it is nested without end */
export function parseTree(text: string): JsonTree {
  return readValue({ text, at: 0, depth: 0 });
}

function readValue(cursor: Cursor): JsonTree {
  skipSpace(cursor);
  switch (cursor.text.charAt(cursor.at)) {
    case '{':
      return { kind: 'object', members: new Map(readItems(cursor, '}', readMember)) };
    case '[':
      return { kind: 'array', items: readItems(cursor, ']', readValue) };
    default: {
      const start = cursor.at;
      cursor.at = endOfValue(cursor.text, start);
      return { kind: 'scalar', text: cursor.text.slice(start, cursor.at) };
    }
  }
}

function readMember(cursor: Cursor): readonly [string, JsonTree] {
  const end = endOfString(cursor.text, cursor.at);
  const key = JSON.parse(cursor.text.slice(cursor.at, end)) as string;
  cursor.at = end;
  skipSpace(cursor);
  cursor.at++;
  return [key, readValue(cursor)];
}

/** What stands between the brackets of an array or object. */
function readItems<Item>(cursor: Cursor, close: string, read: (cursor: Cursor) => Item): Item[] {
  if (++cursor.depth > DEEPEST) throw badStructure(`The JSON is nested more than ${DEEPEST} levels deep.`);
  const items: Item[] = [];
  cursor.at++;
  skipSpace(cursor);
  while (cursor.text.charAt(cursor.at) !== close) {
    items.push(read(cursor));
    skipSpace(cursor);
    if (cursor.text.charAt(cursor.at) !== ',') break;
    cursor.at++;
    skipSpace(cursor);
  }
  cursor.at++;
  cursor.depth--;
  return items;
}

function skipSpace(cursor: Cursor): void {
  while (cursor.text.charCodeAt(cursor.at) <= 32) cursor.at++;
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
