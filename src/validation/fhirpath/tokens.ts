/** The tokens of FHIRPath (hl7.org/fhirpath/N1, section "Lexical Elements"). */

export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'temporal' | 'variable' | 'symbol' | 'end';
  readonly text: string;
  /** A name in backticks is never a keyword. */
  readonly quoted?: true;
}

/** The expression can't be read, or uses what is outside of the part of FHIRPath that is evaluated here. */
export class UnsupportedExpression extends Error {}

const SPACE = /(?:\s+|\/\/[^\n]*|\/\*[^*]*(?:\*(?!\/)[^*]*)*\*\/)*/y;
const STRING = /'((?:[^'\\]|\\.)*)'/y;
const QUOTED_NAME = /`((?:[^`\\]|\\.)*)`/y;
const VARIABLE = /%(?:'([^']*)'|`([^`]*)`|([A-Za-z_][\w-]*))/y;
const TEMPORAL = /@(T?[\d:.TZ+-]+)/y;
const NUMBER = /\d+(?:\.\d+)?/y;
const NAME = /\$?[A-Za-z_]\w*/y;
const SYMBOL = /!=|!~|<=|>=|[-.()[\],|=~<>+*/&{}]/y;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

/** @throws UnsupportedExpression at what is no token */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = skipSpace(source, 0);
  while (at < source.length) {
    const { token, end } = readToken(source, at);
    tokens.push(token);
    at = skipSpace(source, end);
  }
  return tokens;
}

function skipSpace(source: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(source);
  return Math.max(at, SPACE.lastIndex);
}

function readToken(source: string, at: number): { readonly token: Token; readonly end: number } {
  const first = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  for (const [pattern, toToken] of READERS) {
    const found = first(pattern);
    if (found) return { token: toToken(found), end: at + found[0].length };
  }
  throw new UnsupportedExpression(`"${source.slice(at, at + 20)}" is no FHIRPath`);
}

const withoutEscapes = (text: string): string =>
  text.replace(/\\(u([0-9A-Fa-f]{4})|.)/g, (_, letter: string, hex: string | undefined) =>
    hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );

const READERS: readonly (readonly [RegExp, (found: RegExpExecArray) => Token])[] = [
  [STRING, ([, text = '']) => ({ kind: 'string', text: withoutEscapes(text) })],
  [QUOTED_NAME, ([, text = '']) => ({ kind: 'name', text: withoutEscapes(text), quoted: true })],
  [VARIABLE, ([, single, back, plain]) => ({ kind: 'variable', text: single ?? back ?? plain ?? '' })],
  [TEMPORAL, ([, text = '']) => ({ kind: 'temporal', text })],
  [NUMBER, ([text]) => ({ kind: 'number', text })],
  [NAME, ([text]) => ({ kind: 'name', text })],
  [SYMBOL, ([text]) => ({ kind: 'symbol', text })],
];
