/** Search parameters of type quantity; units are compared as written, not converted (FHIR R4, search.html#quantity). */
import { isObject, type JsonObject } from '../../fhir/resource-content.ts';
import { splitEscaped, unescapeValue } from '../escape.ts';
import type { Extract as ExtractFrom, Extractors, IndexValue, QuantityValue } from '../index-entry.ts';
import { type Interval, splitPrefix } from '../prefix.ts';
import type { SearchQuantity } from '../query.ts';
import { refuseValue, type ValueContext } from '../value-reader.ts';
import { matchesNumber, parseImpliedRange, rangeBounds } from './number.ts';

const CURRENCIES = 'urn:iso:std:iso:4217';

/** Reads `5.4`, `gt5.4|http://unitsofmeasure.org|mg` or `5.4||mg`. */
export function parseQuantityValue(raw: string, context: ValueContext): SearchQuantity {
  const [number = '', ...unit] = splitEscaped(raw, '|');
  const [system, code] = unit.map(unescapeValue);
  const { prefix, rest } = splitPrefix(number);
  const range = parseImpliedRange(rest);
  if (!range || (unit.length > 0 && (unit.length !== 2 || (!system && !code)))) {
    throw refuseValue(context, 'takes a number, or number|system|code, such as 5.4|http://unitsofmeasure.org|mg');
  }
  return { type: 'quantity', prefix, ...range, system: system || undefined, code: code || undefined };
}

type Unit = Pick<QuantityValue, 'system' | 'code' | 'unit'>;

const extractQuantity: ExtractFrom = (value, add) => {
  if (!isObject(value) || typeof value['value'] !== 'number') return;
  addQuantity(compared(value['value'], value['comparator']), unitOf(value), add);
};

export const quantityExtractors: Extractors = {
  Quantity: extractQuantity,
  Age: extractQuantity,
  Count: extractQuantity,
  Distance: extractQuantity,
  Duration: extractQuantity,
  Money: (value, add) => {
    if (!isObject(value) || typeof value['value'] !== 'number') return;
    const unit = { system: CURRENCIES, code: text(value['currency']), unit: '' };
    addQuantity(compared(value['value'], undefined), unit, add);
  },
  Range: (value, add) => {
    if (!isObject(value)) return;
    const unit = isObject(value['low']) ? value['low'] : value['high'];
    addQuantity(rangeBounds(value), unitOf(isObject(unit) ? unit : {}), add);
  },
  SampledData: (value, add) => {
    if (!isObject(value) || !isObject(value['origin'])) return;
    addQuantity(sampleBounds(value, value['origin']), unitOf(value['origin']), add);
  },
};

function addQuantity(bounds: Interval | undefined, unit: Unit, add: (value: IndexValue) => void): void {
  if (bounds) add({ type: 'quantity', ...bounds, ...unit });
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const unitOf = (quantity: JsonObject): Unit => ({
  system: text(quantity['system']),
  code: text(quantity['code']),
  unit: text(quantity['unit']),
});

/** A measured `<5` is everything below: how much less isn't known. */
function compared(value: number, comparator: unknown): Interval {
  if (comparator === '<' || comparator === '<=') return { lo: Number.NEGATIVE_INFINITY, hi: value };
  if (comparator === '>' || comparator === '>=') return { lo: value, hi: Number.POSITIVE_INFINITY };
  return { lo: value, hi: value };
}

/** The least and the greatest sample; `L` and `U` stand for below and above the limits of detection, `E` for none. */
function sampleBounds(sampled: JsonObject, origin: JsonObject): Interval | undefined {
  const factor = typeof sampled['factor'] === 'number' ? sampled['factor'] : 1;
  const zero = typeof origin['value'] === 'number' ? origin['value'] : 0;
  const limits: Readonly<Record<string, unknown>> = { L: sampled['lowerLimit'], U: sampled['upperLimit'] };
  const samples = text(sampled['data'])
    .split(' ')
    .map((sample) => Number(limits[sample] ?? sample))
    .filter(Number.isFinite)
    .map((sample) => zero + sample * factor);
  if (samples.length === 0) return undefined;
  return {
    lo: samples.reduce((least, sample) => Math.min(least, sample)),
    hi: samples.reduce((greatest, sample) => Math.max(greatest, sample)),
  };
}

export function matchesQuantity(indexed: QuantityValue, searched: SearchQuantity): boolean {
  return matchesNumber(indexed, searched) && matchesUnit(indexed, searched);
}

function matchesUnit(indexed: QuantityValue, { system, code }: SearchQuantity): boolean {
  if (system !== undefined && indexed.system !== system) return false;
  if (code === undefined) return true;
  return indexed.code === code || (system === undefined && indexed.unit === code);
}
