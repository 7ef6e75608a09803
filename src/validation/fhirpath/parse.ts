/**
 * FHIRPath as a tree (hl7.org/fhirpath/N1, section "Formal Specifications"). The search parameters have a smaller reader
 * of their own (`search/expression.ts`): their paths are resolved to stored fields, constraints are evaluated.
 */
import { type Token, tokenize, UnsupportedExpression } from './tokens.ts';

export type Expression =
  | { readonly kind: 'empty' }
  | { readonly kind: 'string' | 'temporal'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'this' | 'position' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Expression | undefined; readonly name: string }
  | CallExpression
  | { readonly kind: 'at'; readonly of: Expression; readonly index: Expression }
  | { readonly kind: 'negative'; readonly of: Expression }
  | { readonly kind: 'is' | 'as'; readonly of: Expression; readonly type: string }
  | BinaryExpression;

export interface CallExpression {
  readonly kind: 'call';
  readonly of: Expression | undefined;
  readonly name: string;
  readonly arguments: readonly Expression[];
}

export interface BinaryExpression {
  readonly kind: 'binary';
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
}

/** Binary operators from the loosest to the tightest. */
const LEVELS: readonly ReadonlySet<string>[] = [
  new Set(['implies']),
  new Set(['or', 'xor']),
  new Set(['and']),
  new Set(['in', 'contains']),
  new Set(['=', '~', '!=', '!~']),
  new Set(['<', '<=', '>', '>=']),
  new Set(['|']),
  new Set(['is', 'as']),
  new Set(['+', '-', '&']),
  new Set(['*', '/', 'div', 'mod']),
];

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
}

const END: Token = { kind: 'end', text: 'the end' };

/** @throws UnsupportedExpression saying what is not understood */
export function parseFhirPath(text: string): Expression {
  const reader: Reader = { tokens: tokenize(text), at: 0 };
  const expression = readBinary(reader, 0);
  if (peek(reader).kind !== 'end') throw unexpected(peek(reader));
  return expression;
}

const peek = ({ tokens, at }: Reader): Token => tokens[at] ?? END;
const unexpected = ({ text }: Token): Error => new UnsupportedExpression(`"${text}" is not understood there`);

function next(reader: Reader): Token {
  const token = peek(reader);
  reader.at++;
  return token;
}

const isPlain = ({ kind, quoted }: Token): boolean => (kind === 'symbol' || kind === 'name') && !quoted;

function takeIf(reader: Reader, text: string): boolean {
  const token = peek(reader);
  const matches = isPlain(token) && token.text === text;
  if (matches) reader.at++;
  return matches;
}

function take(reader: Reader, text: string): void {
  if (!takeIf(reader, text)) throw unexpected(peek(reader));
}

function readBinary(reader: Reader, level: number): Expression {
  const operators = LEVELS[level];
  if (!operators) return readSigned(reader);
  let left = readBinary(reader, level + 1);
  while (isPlain(peek(reader)) && operators.has(peek(reader).text)) {
    const operator = next(reader).text;
    left = isTypeOperator(operator)
      ? { kind: operator, of: left, type: readType(reader) }
      : { kind: 'binary', operator, left, right: readBinary(reader, level + 1) };
  }
  return left;
}

const isTypeOperator = (operator: string): operator is 'is' | 'as' => operator === 'is' || operator === 'as';

/** `Patient`, `FHIR.Patient`, `System.String` */
function readType(reader: Reader): string {
  const { kind, text } = next(reader);
  if (kind !== 'name') throw unexpected({ kind, text });
  return takeIf(reader, '.') ? `${text}.${readType(reader)}` : text;
}

function readSigned(reader: Reader): Expression {
  if (takeIf(reader, '+')) return readSigned(reader);
  if (takeIf(reader, '-')) return { kind: 'negative', of: readSigned(reader) };
  return readPath(reader);
}

function readPath(reader: Reader): Expression {
  let path = readTerm(reader);
  for (;;) {
    if (takeIf(reader, '.')) path = readInvocation(reader, path);
    else if (takeIf(reader, '[')) {
      path = { kind: 'at', of: path, index: readBinary(reader, 0) };
      take(reader, ']');
    } else return path;
  }
}

function readTerm(reader: Reader): Expression {
  const token = peek(reader);
  if (takeIf(reader, '(')) {
    const inner = readBinary(reader, 0);
    take(reader, ')');
    return inner;
  }
  if (takeIf(reader, '{')) {
    take(reader, '}');
    return { kind: 'empty' };
  }
  return readLiteral(reader, token) ?? readInvocation(reader, undefined);
}

function readLiteral(reader: Reader, token: Token): Expression | undefined {
  switch (token.kind) {
    case 'string':
    case 'temporal':
      reader.at++;
      return { kind: token.kind, value: token.text };
    case 'number':
      reader.at++;
      return readNumber(reader, token.text);
    case 'variable':
      reader.at++;
      return { kind: 'variable', name: token.text };
    default:
      return token.quoted ? undefined : readWord(reader, token.text);
  }
}

/** A number with a unit is a Quantity, which takes conversions of units to compare. */
function readNumber(reader: Reader, text: string): Expression {
  if (peek(reader).kind === 'string') throw new UnsupportedExpression('quantities are not evaluated');
  return { kind: 'number', value: Number(text) };
}

function readWord(reader: Reader, text: string): Expression | undefined {
  if (text === 'true' || text === 'false') {
    reader.at++;
    return { kind: 'boolean', value: text === 'true' };
  }
  if (text !== '$this' && text !== '$index') return undefined;
  reader.at++;
  return { kind: text === '$this' ? 'this' : 'position' };
}

function readInvocation(reader: Reader, of: Expression | undefined): Expression {
  const token = next(reader);
  if (token.kind !== 'name') throw unexpected(token);
  const name = token.text;
  if (takeIf(reader, '(')) return { kind: 'call', of, name, arguments: readArguments(reader) };
  return { kind: 'member', of, name };
}

function readArguments(reader: Reader): readonly Expression[] {
  const found: Expression[] = [];
  if (takeIf(reader, ')')) return found;
  do found.push(readBinary(reader, 0));
  while (takeIf(reader, ','));
  take(reader, ')');
  return found;
}
