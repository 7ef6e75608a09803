/**
 * The text that `_content` and `_text` search: words, phrases in quotation marks, `and`, `or`, `not` and parentheses
 * (FHIR R4, search.html#content). Words are whole, and compared without case and accents.
 */
import { isObject, type JsonObject } from '../fhir/resource-content.ts';
import { foldText } from './types/string.ts';

export type TextExpression =
  /** These words, one after the other. */
  | { readonly kind: 'phrase'; readonly words: readonly string[] }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly TextExpression[] }
  | { readonly kind: 'not'; readonly part: TextExpression };

const TOKEN = /"([^"]*)"|([()])|[^\s()"]+/g;
/** Deeper parentheses are taken for a mistake or an attack. */
const DEEPEST = 20;

type Token = { readonly symbol: '(' | ')' | 'and' | 'or' | 'not' } | { readonly words: readonly string[] };

/** Undefined where the text has no words, or operators and parentheses that don't belong together. */
export function parseTextExpression(text: string): TextExpression | undefined {
  if ((text.match(/"/g)?.length ?? 0) % 2 === 1) return undefined;
  const tokens = [...text.matchAll(TOKEN)].map(toToken).filter((token) => 'symbol' in token || token.words.length > 0);
  const expression = readAny(tokens, 0);
  return tokens.length === 0 ? expression : undefined;
}

function toToken([whole, quoted, parenthesis]: RegExpMatchArray): Token {
  if (parenthesis === '(' || parenthesis === ')') return { symbol: parenthesis };
  const operator = whole.toLowerCase();
  if (operator === 'and' || operator === 'or' || operator === 'not') return { symbol: operator };
  return { words: wordsOf(quoted ?? whole) };
}

const symbolOf = (token: Token | undefined): string | undefined =>
  token && 'symbol' in token ? token.symbol : undefined;

function readAny(tokens: Token[], depth: number): TextExpression | undefined {
  const parts: TextExpression[] = [];
  do {
    const part = readAll(tokens, depth);
    if (!part) return undefined;
    parts.push(part);
  } while (symbolOf(tokens[0]) === 'or' && tokens.shift());
  return joined('or', parts);
}

/** Words side by side all have to be there, as if there were an `and` between them. */
function readAll(tokens: Token[], depth: number): TextExpression | undefined {
  const parts: TextExpression[] = [];
  do {
    const part = readOne(tokens, depth);
    if (!part) return undefined;
    parts.push(part);
  } while ((symbolOf(tokens[0]) === 'and' && tokens.shift()) || beginsPart(tokens[0]));
  return joined('and', parts);
}

const beginsPart = (token: Token | undefined): boolean =>
  token !== undefined && ('words' in token || token.symbol === '(' || token.symbol === 'not');

function readOne(tokens: Token[], depth: number): TextExpression | undefined {
  const token = tokens.shift();
  if (!token || depth > DEEPEST) return undefined;
  if ('words' in token) return { kind: 'phrase', words: token.words };
  if (token.symbol === 'not') {
    const part = readOne(tokens, depth + 1);
    return part && { kind: 'not', part };
  }
  if (token.symbol !== '(') return undefined;
  const inner = readAny(tokens, depth + 1);
  return symbolOf(tokens.shift()) === ')' ? inner : undefined;
}

const joined = (kind: 'and' | 'or', parts: readonly TextExpression[]): TextExpression | undefined =>
  parts.length === 1 ? parts[0] : { kind, parts };

const wordsOf = (text: string): readonly string[] =>
  text
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .map(foldText)
    .filter((word) => word !== '');

/** Whether the texts of a resource are what the expression looks for. A phrase is within one text. */
export function matchesText(expression: TextExpression, texts: readonly string[]): boolean {
  const lines = texts.map((text) => ` ${wordsOf(text).join(' ')} `);
  return holds(expression, lines);
}

function holds(expression: TextExpression, lines: readonly string[]): boolean {
  switch (expression.kind) {
    case 'phrase': {
      const phrase = ` ${expression.words.join(' ')} `;
      return lines.some((line) => line.includes(phrase));
    }
    case 'and':
      return expression.parts.every((part) => holds(part, lines));
    case 'or':
      return expression.parts.some((part) => holds(part, lines));
    case 'not':
      return !holds(expression.part, lines);
  }
}

/** The narrative of the resource as plain text, or every text that its elements have. */
export function textsOf(resource: JsonObject, scope: 'content' | 'narrative'): readonly string[] {
  const narrative = isObject(resource['text']) ? resource['text']['div'] : undefined;
  if (scope === 'narrative') return typeof narrative === 'string' ? [plainText(narrative)] : [];
  const found: string[] = [];
  collect(resource, found);
  return found;
}

function collect(value: unknown, found: string[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
  } else if (isObject(value)) {
    for (const [name, inner] of Object.entries(value)) collect(name === 'div' ? toPlain(inner) : inner, found);
  } else if (typeof value === 'string') found.push(value);
}

const toPlain = (value: unknown): unknown => (typeof value === 'string' ? plainText(value) : value);

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** What XHTML says, its tags taken for spaces. */
const plainText = (xhtml: string): string =>
  xhtml
    .replace(/<!--.*?-->|<[^>]*>/gs, ' ')
    .replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (entity, hex, decimal, name) =>
      name ? (ENTITIES[name.toLowerCase()] ?? entity) : characterOf(hex ? Number.parseInt(hex, 16) : Number(decimal)),
    );

const characterOf = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : ' ');
