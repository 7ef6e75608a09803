/** Reads JSON text without losing what `JSON.parse` loses: the digits of numbers and properties given twice (FHIR R4, json.html). */
import { badStructure } from '../fhir/error.ts';
import { endOfString, endOfValue } from '../fhir/json-text.ts';
import { parseJson } from '../fhir/resource-content.ts';
import { DEEPEST } from './place.ts';

/** A number as it is written. */
interface JsonNumber {
  readonly digits: string;
}

export type JsonMembers = ReadonlyMap<string, JsonNode>;
export type JsonNode = string | boolean | null | JsonNumber | readonly JsonNode[] | JsonMembers;

interface Cursor {
  readonly text: string;
  at: number;
}

const SPACE = 32;

/** @throws FhirError 400 when the text is not JSON, gives a property twice, nests arrays in arrays or too deep. */
export function readLosslessJson(text: string): JsonNode {
  parseJson(text);
  const cursor = { text, at: 0 };
  skipSpace(cursor);
  return readNode(cursor, 0);
}

function skipSpace(cursor: Cursor): void {
  while (cursor.text.charCodeAt(cursor.at) <= SPACE) cursor.at++;
}

function readNode(cursor: Cursor, depth: number): JsonNode {
  switch (cursor.text.charAt(cursor.at)) {
    case '{':
      return readObject(cursor, depth + 1);
    case '[':
      return readArray(cursor, depth);
    case '"':
      return readString(cursor);
    default:
      return readScalar(cursor);
  }
}

function readString(cursor: Cursor): string {
  const start = cursor.at;
  cursor.at = endOfString(cursor.text, start);
  const content = cursor.text.slice(start + 1, cursor.at - 1);
  return content.includes('\\') ? (JSON.parse(cursor.text.slice(start, cursor.at)) as string) : content;
}

function readScalar(cursor: Cursor): JsonNode {
  const start = cursor.at;
  cursor.at = endOfValue(cursor.text, start);
  const literal = cursor.text.slice(start, cursor.at);
  if (literal === 'null') return null;
  if (literal === 'true' || literal === 'false') return literal === 'true';
  return { digits: literal };
}

/** Steps over white space and the separator that follows a member or element; false at the end of its container. */
function hasNext(cursor: Cursor, close: string): boolean {
  skipSpace(cursor);
  const character = cursor.text.charAt(cursor.at);
  if (character === close) {
    cursor.at++;
    return false;
  }
  if (character === ',') cursor.at++;
  skipSpace(cursor);
  return true;
}

function readObject(cursor: Cursor, depth: number): JsonMembers {
  if (depth > DEEPEST) throw badStructure(`The JSON is nested more than ${DEEPEST} levels deep.`);
  const members = new Map<string, JsonNode>();
  cursor.at++;
  while (hasNext(cursor, '}')) {
    const key = readString(cursor);
    if (members.has(key)) throw badStructure(`The property ${JSON.stringify(key)} is given twice in one object.`);
    skipSpace(cursor);
    cursor.at++;
    skipSpace(cursor);
    members.set(key, readNode(cursor, depth));
  }
  return members;
}

function readArray(cursor: Cursor, depth: number): readonly JsonNode[] {
  const nodes: JsonNode[] = [];
  cursor.at++;
  while (hasNext(cursor, ']')) {
    if (cursor.text.charAt(cursor.at) === '[') throw badStructure('An array must not hold arrays.');
    nodes.push(readNode(cursor, depth));
  }
  return nodes;
}
