/** What `JSON.parse` passes over and readers would disagree about: keys given twice, nesting without end (json.html). */
import { endOfString } from './json-text.ts';

const QUOTE = 34;
const COLON = 58;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** No Bundle of the specification nests nearly so deep; what does is an attack on whoever parses it. */
const DEEPEST = 250;

/**
 * What is wrong with the objects of a document, in words that repeat none of its values; undefined where nothing is.
 * @param text compact JSON that `JSON.parse` has accepted
 */
export function findObjectProblem(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code !== QUOTE) {
      enterOrLeave(open, code);
      if (open.length > DEEPEST) return `The JSON is nested more than ${DEEPEST} levels deep.`;
      at++;
      continue;
    }
    const end = endOfString(text, at);
    const isKey = text.charCodeAt(end) === COLON;
    if (isKey && isSecond(text.slice(at, end), open.at(-1))) {
      return `A JSON object has the property ${printable(text.slice(at, end))} twice.`;
    }
    at = end;
  }
  return undefined;
}

function enterOrLeave(open: Set<string>[], code: number): void {
  if (code === OPEN_BRACE) open.push(new Set());
  else if (code === CLOSE_BRACE) open.pop();
}

function isSecond(literal: string, keys: Set<string> | undefined): boolean {
  const key = literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1);
  if (!keys || keys.has(key)) return keys !== undefined;
  keys.add(key);
  return false;
}

/** A key is repeated only where it looks like the name of an element. */
const printable = (literal: string): string => (/^"\w{1,64}"$/.test(literal) ? literal : '(an unusual one)');
