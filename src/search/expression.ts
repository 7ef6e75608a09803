/** Reads the part of FHIRPath that R4's search parameters are written in (searchparameter.html; hl7.org/fhirpath). */

export type Expression =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: string | boolean }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'index'; readonly of: Expression; readonly index: number }
  | CallExpression
  | { readonly kind: 'as' | 'is'; readonly of: Expression; readonly type: string }
  | { readonly kind: BinaryKind; readonly left: Expression; readonly right: Expression };

export interface CallExpression {
  readonly kind: 'call';
  readonly of: Expression | undefined;
  readonly name: string;
  readonly arguments: readonly Expression[];
}

type BinaryKind = 'union' | 'and' | 'equal' | 'unequal';

/** Binary operators from the loosest to the tightest. */
const LEVELS: readonly ReadonlyMap<string, BinaryKind>[] = [
  new Map([['and', 'and']]),
  new Map([
    ['=', 'equal'],
    ['!=', 'unequal'],
  ]),
  new Map([['|', 'union']]),
];
const TOKEN = /\s*(?:'((?:[^'\\]|\\.)*)'|([A-Za-z_][A-Za-z0-9_]*|\d+|!=|[.()[\],|=]))/y;
const NAME = /^[A-Za-z_]/;

interface Token {
  readonly text: string;
  readonly kind: 'string' | 'name' | 'number' | 'symbol' | 'end';
}

/** What is left to read: each function takes from its front. */
type Tokens = Token[];

/** @throws Error saying what is outside the subset */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text.trim());
  const expression = readBinary(tokens, 0);
  if (peek(tokens).kind !== 'end') throw unexpected(peek(tokens));
  return expression;
}

function tokenize(source: string): Tokens {
  const tokens: Tokens = [];
  for (let at = 0; at < source.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [found, quoted, plain = ''] = TOKEN.exec(source) ?? [];
    if (found === undefined) throw new Error(`"${source.slice(at)}" is not understood`);
    tokens.push(quoted === undefined ? { text: plain, kind: kindOf(plain) } : { text: quoted, kind: 'string' });
  }
  return tokens;
}

function kindOf(plain: string): Token['kind'] {
  if (NAME.test(plain)) return 'name';
  return /^\d/.test(plain) ? 'number' : 'symbol';
}

const peek = (tokens: Tokens): Token => tokens[0] ?? { text: 'the end', kind: 'end' };
const unexpected = (token: Token): Error => new Error(`"${token.text}" is not understood there`);

function take(tokens: Tokens, kind: Token['kind'], text?: string): string {
  const token = tokens.shift() ?? peek(tokens);
  if (token.kind !== kind || (text !== undefined && token.text !== text)) throw unexpected(token);
  return token.text;
}

function takeIf(tokens: Tokens, kind: Token['kind'], text: string): boolean {
  const matches = peek(tokens).kind === kind && peek(tokens).text === text;
  if (matches) tokens.shift();
  return matches;
}

function readBinary(tokens: Tokens, level: number): Expression {
  const operators = LEVELS[level];
  if (!operators) return readTyped(tokens);
  let left = readBinary(tokens, level + 1);
  for (let kind = operatorAt(tokens, operators); kind; kind = operatorAt(tokens, operators)) {
    tokens.shift();
    left = { kind, left, right: readBinary(tokens, level + 1) };
  }
  return left;
}

function operatorAt(tokens: Tokens, operators: ReadonlyMap<string, BinaryKind>): BinaryKind | undefined {
  const { kind, text } = peek(tokens);
  return kind === 'string' ? undefined : operators.get(text);
}

function readTyped(tokens: Tokens): Expression {
  let of = readPath(tokens);
  for (const kind of ['as', 'is'] as const) {
    if (takeIf(tokens, 'name', kind)) of = { kind, of, type: take(tokens, 'name') };
  }
  return of;
}

function readPath(tokens: Tokens): Expression {
  let path = readTerm(tokens);
  for (;;) {
    if (takeIf(tokens, 'symbol', '.')) path = readInvocation(tokens, path);
    else if (takeIf(tokens, 'symbol', '[')) {
      path = { kind: 'index', of: path, index: Number(take(tokens, 'number')) };
      take(tokens, 'symbol', ']');
    } else return path;
  }
}

function readTerm(tokens: Tokens): Expression {
  if (peek(tokens).kind === 'string') return { kind: 'literal', value: take(tokens, 'string') };
  if (takeIf(tokens, 'symbol', '(')) {
    const inner = readBinary(tokens, 0);
    take(tokens, 'symbol', ')');
    return inner;
  }
  if (takeIf(tokens, 'name', 'true')) return { kind: 'literal', value: true };
  if (takeIf(tokens, 'name', 'false')) return { kind: 'literal', value: false };
  return readInvocation(tokens, undefined);
}

function readInvocation(tokens: Tokens, of: Expression | undefined): Expression {
  const name = take(tokens, 'name');
  if (takeIf(tokens, 'symbol', '(')) return { kind: 'call', of, name, arguments: readArguments(tokens) };
  return of ? { kind: 'member', of, name } : { kind: 'name', name };
}

function readArguments(tokens: Tokens): readonly Expression[] {
  const found: Expression[] = [];
  if (takeIf(tokens, 'symbol', ')')) return found;
  do found.push(readBinary(tokens, 0));
  while (takeIf(tokens, 'symbol', ','));
  take(tokens, 'symbol', ')');
  return found;
}
