/**
 * Search parameters of type token (FHIR R4, search.html#token). Codes are compared without regard to case, as R4 asks
 * servers to do when in doubt; systems are compared exactly.
 */
import { isObject, type JsonObject } from '../../fhir/resource-content.ts';
import { splitEscaped, unescapeValue } from '../escape.ts';
import type { Extract as ExtractFrom, Extractors, IndexValue, TokenValue } from '../index-entry.ts';
import type { SearchToken, SearchValue } from '../query.ts';
import { readText, refuseValue, type ValueContext } from '../value-reader.ts';

type OfType = Extract<SearchValue, { type: 'of-type' }>;

/** Data types whose tokens have a system. */
export const TYPES_WITH_SYSTEM: readonly string[] = ['Coding', 'CodeableConcept', 'Identifier'];

/** Reads `code`, `system|code`, `|code` or `system|`. */
export function parseTokenValue(raw: string, context: ValueContext): SearchToken {
  const parts = splitEscaped(raw, '|');
  if (parts.length === 1) return { type: 'token', system: undefined, code: readText(raw, context) };
  if (!hasSystem(context))
    throw refuseValue(context, 'is on an element without a system: give the code alone, with no |');
  const [system, code] = parts.map(unescapeValue);
  if (parts.length > 2 || system === undefined || code === undefined || system + code === '') {
    throw refuseValue(context, 'takes code, system|code, |code or system|, with \\| for a | inside one of them');
  }
  return { type: 'token', system, code: code === '' ? undefined : code };
}

function hasSystem({ modifier, parameter }: ValueContext): boolean {
  return modifier === 'identifier' || TYPES_WITH_SYSTEM.some((type) => parameter.types.has(type));
}

/** Reads `system|code|value` of `:of-type`. */
export function parseOfTypeValue(raw: string, context: ValueContext): OfType {
  const [system, code, value, ...more] = splitEscaped(raw, '|').map(unescapeValue);
  if (!system || !code || !value || more.length > 0) throw refuseValue(context, 'takes all of system|code|value');
  return { type: 'of-type', system, code, value };
}

type Add = (value: IndexValue) => void;

const extractCode: ExtractFrom = (value, add) => {
  if (typeof value === 'string' && value !== '') add({ type: 'token', system: undefined, code: value });
};

const extractCoding: ExtractFrom = (value, add) => {
  if (!isObject(value)) return;
  addToken(value['system'], value['code'], add);
  addText(value['display'], add);
};

export const tokenExtractors: Extractors = {
  code: extractCode,
  string: extractCode,
  id: extractCode,
  uri: extractCode,
  url: extractCode,
  canonical: extractCode,
  oid: extractCode,
  uuid: extractCode,
  boolean: (value, add) => {
    if (typeof value === 'boolean') add({ type: 'token', system: undefined, code: String(value) });
  },
  Coding: extractCoding,
  CodeableConcept: (value, add) => {
    if (!isObject(value)) return;
    for (const coding of list(value['coding'])) extractCoding(coding, add, '');
    addText(value['text'], add);
  },
  ContactPoint: (value, add) => {
    if (isObject(value)) extractCode(value['value'], add, '');
  },
  Identifier: (value, add) => {
    if (!isObject(value)) return;
    addToken(value['system'], value['value'], add);
    if (isObject(value['type'])) addIdentifierType(value['type'], value['value'], add);
  },
};

function addToken(system: unknown, code: unknown, add: Add): void {
  const token = { system: text(system), code: text(code) };
  if (token.system !== '' || token.code !== '') add({ type: 'token', ...token });
}

function addIdentifierType(type: JsonObject, value: unknown, add: Add): void {
  addText(type['text'], add);
  for (const coding of list(type['coding'])) {
    const [system, code] = isObject(coding) ? [text(coding['system']), text(coding['code'])] : ['', ''];
    if (system && code && text(value)) add({ type: 'of-type', system, code, value: text(value) });
  }
}

function addText(value: unknown, add: Add): void {
  if (typeof value === 'string' && value !== '') add({ type: 'text', text: value });
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A code as it is compared. */
export const foldCode = (code: string): string => code.toLowerCase();

export function matchesToken(indexed: Pick<TokenValue, 'system' | 'code'>, searched: SearchToken): boolean {
  if (searched.code !== undefined && foldCode(indexed.code) !== foldCode(searched.code)) return false;
  return searched.system === undefined || indexed.system === searched.system;
}

export function matchesOfType(indexed: Omit<OfType, 'type'>, searched: OfType): boolean {
  return (
    indexed.system === searched.system &&
    foldCode(indexed.code) === foldCode(searched.code) &&
    foldCode(indexed.value) === foldCode(searched.value)
  );
}
