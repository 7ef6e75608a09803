/**
 * Lossless work on JSON text: finding and replacing parts of a document without re-serialising it, so that decimals
 * keep their digits (FHIR R4, datatypes.html#decimal: "the precision of the decimal value has significance").
 *
 * Every function expects text that `JSON.parse` has accepted; offsets are UTF-16 code units, ends are exclusive.
 */

export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export interface Member extends TextRange {
  readonly key: string;
}

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPEN_BRACKET = 91;
const OPEN_BRACE = 123;
const CLOSE_BRACKET = 93;
const CLOSE_BRACE = 125;
const SPACE = 32;

/** The offset after the string literal that starts at `start`. */
export function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote + 1;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
  return slashes % 2 === 1;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= SPACE) at++;
  return at;
}

/** The offset after the value (of any kind) that starts at `start`. */
export function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return endOfString(text, start);
  return first === OPEN_BRACE || first === OPEN_BRACKET ? endOfContainer(text, start) : endOfScalar(text, start);
}

function endOfContainer(text: string, start: number): number {
  let depth = 0;
  let at = start;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    at++;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) return at;
  }
}

function endOfScalar(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET) break;
  }
  return at;
}

/** The members of the object that starts at `start`, in the order of the text; a key given twice appears twice. */
export function objectMembers(text: string, start = 0): Member[] {
  const members: Member[] = [];
  let at = skipSpace(text, skipSpace(text, start) + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const keyEnd = endOfString(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = endOfValue(text, valueStart);
    members.push({ key, start: valueStart, end });
    at = skipSpace(text, end);
    if (text.charCodeAt(at) !== COMMA) break;
    at = skipSpace(text, at + 1);
  }
  return members;
}

/** The elements of the array that starts at `start`. */
export function arrayElements(text: string, start = 0): TextRange[] {
  const elements: TextRange[] = [];
  let at = skipSpace(text, skipSpace(text, start) + 1);
  while (text.charCodeAt(at) !== CLOSE_BRACKET) {
    const end = endOfValue(text, at);
    elements.push({ start: at, end });
    at = skipSpace(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
  }
  return elements;
}

/** The same document without white space between its tokens; text that has none comes back as it is. */
export function compactJson(text: string): string {
  let out = '';
  let kept = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code > SPACE) at++;
    else {
      out += text.slice(kept, at);
      at = skipSpace(text, at);
      kept = at;
    }
  }
  return kept === 0 ? text : out + text.slice(kept);
}

/**
 * Replaces string values of a document. `rewrite` gets the nearest key above the value and the decoded value, and
 * answers the new value or `undefined` to keep it. Keys are never changed.
 */
export function rewriteStrings(text: string, rewrite: (key: string, value: string) => string | undefined): string {
  let out = '';
  let kept = 0;
  let key = '';
  for (let at = text.indexOf('"'); at >= 0; ) {
    const end = endOfString(text, at);
    const literal = text.slice(at, end);
    const next = skipSpace(text, end);
    if (text.charAt(next) === ':') key = literal.slice(1, -1);
    else {
      const replacement = rewrite(key, decodeString(literal));
      if (replacement !== undefined) {
        out += text.slice(kept, at) + JSON.stringify(replacement);
        kept = end;
      }
    }
    at = text.indexOf('"', end);
  }
  return kept === 0 ? text : out + text.slice(kept);
}

function decodeString(literal: string): string {
  return literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1);
}
