/** Random queries over the parameters of a type, with values that are likely to be in a random resource. */
import fc from 'fast-check';
import { escapeValue } from '../../../src/search/escape.ts';
import type { IndexEntry, IndexValue } from '../../../src/search/index-entry.ts';
import type { CompiledSearchParameter, SearchParamType } from '../../../src/search/parameter.ts';
import type { SystemCode } from '../../../src/search/query.ts';
import type { Terminology } from '../../../src/search/terminology.ts';
import { BASE_URL, CODES, DATES, IDS, NUMBERS, SYSTEMS, TEXTS, URIS } from './random-resources.ts';

export interface RandomParameter {
  readonly name: string;
  readonly value: string;
}

const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const PREFIXES = ['', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const;
const prefixed = (values: readonly string[]): fc.Arbitrary<string> =>
  fc.tuple(pick(PREFIXES), pick(values)).map(([prefix, value]) => prefix + value);

const startOf = (text: string): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: Math.min(text.length, 8) }).map((length) => text.slice(0, length));
const text = fc.oneof(pick(TEXTS), pick(TEXTS).chain(startOf)).map(escapeValue);
const code = pick([...CODES, 'Male', 'true', 'false', ...TEXTS]).map(escapeValue);
const system = pick(SYSTEMS).map(escapeValue);
const token = fc.oneof(
  code,
  fc.tuple(system, code).map((parts) => parts.join('|')),
  code.map((value) => `|${value}`),
  system.map((value) => `${value}|`),
);
const decimals = [...NUMBERS.map(String), '5.40', '1e2', '1.0e2', '0.00001'];
const number = prefixed(decimals);
const quantity = fc.oneof(
  number,
  fc.tuple(number, fc.oneof(system, fc.constant('')), pick(CODES).map(escapeValue)).map((parts) => parts.join('|')),
  fc.tuple(number, system).map(([value, unit]) => `${value}|${unit}|`),
);
const date = prefixed([
  ...DATES,
  '2024-02-29T23:30',
  '2024-02-29T23:30:00',
  '2024-03-01T04:30Z',
  '2024-02-29T23:30-05:00',
]);
const uri = pick(URIS).map(escapeValue);

/** Value sets of some of the codes, and a hierarchy in which every code has the next one below it. */
const VALUE_SETS: Readonly<Record<string, readonly SystemCode[]>> = {
  'http://acme.org/ValueSet/none': [],
  'http://acme.org/ValueSet/one': [{ system: SYSTEMS[0], code: CODES[0] }],
  'http://acme.org/ValueSet/many': SYSTEMS.flatMap((each) =>
    CODES.slice(2).map((one) => ({ system: each, code: one })),
  ),
};
export const TERMINOLOGY: Terminology = {
  expandValueSet: (url) => VALUE_SETS[url],
  subsumption: ({ system: own, code: one }, direction) => {
    const at = (CODES as readonly string[]).indexOf(one);
    if (at < 0) return undefined;
    const found = direction === 'below' ? CODES.slice(at) : CODES.slice(0, at + 1);
    return found.map((each) => ({ system: own, code: each }));
  },
};
const valueSets = fc
  .array(pick(Object.keys(VALUE_SETS)), { minLength: 1, maxLength: 2 })
  .map((urls) => urls.map(escapeValue).join(','));
const inHierarchy = fc.tuple(system, pick(CODES).map(escapeValue)).map((parts) => parts.join('|'));

function reference({ targets }: CompiledSearchParameter): fc.Arbitrary<string> {
  const types = targets.length > 0 ? targets : ['Patient'];
  const literal = fc.tuple(pick(types), pick(IDS)).map((parts) => parts.join('/'));
  const written = fc.tuple(pick(['', `${BASE_URL}/`, 'http://other.org/fhir/']), literal, pick(['', '/_history/2']));
  return fc.oneof(
    pick(IDS),
    written.map((parts) => parts.join('')),
    uri,
  );
}

const VALUES: Readonly<
  Record<Exclude<SearchParamType, 'composite'>, (of: CompiledSearchParameter) => fc.Arbitrary<string>>
> = {
  date: () => date,
  number: () => number,
  quantity: () => quantity,
  reference,
  string: () => text,
  token: (parameter) => (parameter.code === '_id' ? pick(IDS) : token),
  uri: () => uri,
};

function arbitraryOf(parameter: CompiledSearchParameter): fc.Arbitrary<string> {
  if (parameter.type !== 'composite') return VALUES[parameter.type](parameter);
  return fc.tuple(...parameter.components.map(arbitraryOf)).map((parts) => parts.join('$'));
}

function modified(parameter: CompiledSearchParameter, modifier: string): fc.Arbitrary<RandomParameter> {
  const name = modifier === '' ? parameter.code : `${parameter.code}:${modifier}`;
  return valueFor(parameter, modifier).map((value) => ({ name, value }));
}

function valueFor(parameter: CompiledSearchParameter, modifier: string): fc.Arbitrary<string> {
  if (modifier === 'missing') return pick(['true', 'false']);
  if (modifier === 'text') return text;
  if (modifier === 'of-type') return fc.tuple(system, code, code).map((parts) => parts.join('|'));
  if (modifier === 'identifier') return token;
  if (modifier === 'in' || modifier === 'not-in') return valueSets;
  if (parameter.type === 'token' && (modifier === 'above' || modifier === 'below')) return inHierarchy;
  if (parameter.targets.includes(modifier)) return pick(IDS);
  return fc.array(arbitraryOf(parameter), { minLength: 1, maxLength: 2 }).map((values) => values.join(','));
}

/** One parameter, half of the time without a modifier. */
export function randomParameter(parameters: readonly CompiledSearchParameter[]): fc.Arbitrary<RandomParameter> {
  return pick(parameters).chain((parameter) => {
    const modifiers = [...parameter.modifiers, ...parameter.targets.slice(0, 1)];
    return fc.oneof(
      modified(parameter, ''),
      pick(modifiers).chain((modifier) => modified(parameter, modifier)),
    );
  });
}

/** A query made from what a resource has, so that it is sure to be near it. */
export function echo({ code, value }: IndexEntry): RandomParameter | undefined {
  const written = writtenAs(value);
  if (written === undefined) return undefined;
  const modifier =
    value.type === 'of-type' || value.type === 'text' || value.type === 'identifier' ? value.type : undefined;
  return { name: modifier ? `${code}:${modifier}` : code, value: written };
}

function writtenAs(value: IndexValue): string | undefined {
  switch (value.type) {
    case 'token':
    case 'identifier':
      return value.system === undefined ? escapeValue(value.code) : bars([value.system, value.code]);
    case 'of-type':
      return bars([value.system, value.code, value.value]);
    case 'string':
    case 'text':
      return escapeValue(value.text);
    case 'reference':
    case 'uri':
      return escapeValue(value.keys.at(-1) ?? '');
    case 'number':
      return String(value.hi);
    case 'quantity':
      return Number.isFinite(value.hi) ? bars([String(value.hi), value.system, value.code]) : undefined;
    case 'composite':
      return value.components.map((values) => values[0] && writtenAs(values[0])).join('$');
    default:
      return undefined;
  }
}

const bars = (parts: readonly string[]): string => parts.map(escapeValue).join('|');
