/** Search parameters of type number, and the precision that a written number implies (FHIR R4, search.html#number). */
import { isObject } from '../../fhir/resource-content.ts';
import type { Extract as ExtractFrom, Extractors, IndexValue } from '../index-entry.ts';
import { type Interval, satisfies, splitPrefix } from '../prefix.ts';
import type { ImpliedRange, Prefix, SearchValue } from '../query.ts';
import { readText, refuseValue, type ValueContext } from '../value-reader.ts';

const DECIMAL = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Reads `lt0.8`. */
export function parseNumberValue(raw: string, context: ValueContext): Extract<SearchValue, { type: 'number' }> {
  const { prefix, rest } = splitPrefix(readText(raw, context));
  const range = parseImpliedRange(rest);
  if (!range) throw refuseValue(context, 'takes a number such as 100, -0.5 or 1.2e3');
  return { type: 'number', prefix, ...range };
}

/**
 * The number, and half a unit of its last digit to both sides, computed in whole numbers so that nothing is lost. R4
 * gives `1e2` the range [95, 105), a digit narrower than its rule: a whole number with an exponent counts one more.
 */
export function parseImpliedRange(text: string): ImpliedRange | undefined {
  const [, sign, whole, decimals, power] = DECIMAL.exec(text) ?? [];
  if (!whole) return undefined;
  const fraction = decimals ?? (power === undefined ? '' : '0');
  const tenths = BigInt(whole + fraction) * 10n * (sign === '-' ? -1n : 1n);
  const scale = Number(power ?? 0) - fraction.length - 1;
  const at = (digits: bigint): number => Number(`${digits}e${scale}`);
  const range = { value: at(tenths), low: at(tenths - 5n), high: at(tenths + 5n) };
  return Number.isFinite(range.low) && Number.isFinite(range.high) ? range : undefined;
}

const extractNumber: ExtractFrom = (value, add) => {
  if (typeof value === 'number') add({ type: 'number', lo: value, hi: value });
};

export const numberExtractors: Extractors = {
  decimal: extractNumber,
  integer: extractNumber,
  positiveInt: extractNumber,
  unsignedInt: extractNumber,
  Range: (value, add) => {
    const bounds = isObject(value) ? rangeBounds(value) : undefined;
    if (bounds) add({ type: 'number', ...bounds });
  },
};

/** The bounds of a Range, infinite where it has none; undefined when it has neither, or the wrong way round. */
export function rangeBounds(range: Readonly<Record<string, unknown>>): Interval | undefined {
  const low = boundary(range['low']);
  const high = boundary(range['high']);
  if (low === undefined && high === undefined) return undefined;
  const bounds = { lo: low ?? Number.NEGATIVE_INFINITY, hi: high ?? Number.POSITIVE_INFINITY };
  return bounds.lo <= bounds.hi ? bounds : undefined;
}

const boundary = (quantity: unknown): number | undefined =>
  isObject(quantity) && typeof quantity['value'] === 'number' ? quantity['value'] : undefined;

/**
 * Whether a stored number or range satisfies the searched one. Only `eq` and `ne` look at the implied precision; `ap`
 * takes a tenth of the value to both sides, at least what the precision implies.
 */
export function matchesNumber(stored: Interval, searched: { readonly prefix: Prefix } & ImpliedRange): boolean {
  const { prefix, value, low, high } = searched;
  if (prefix === 'eq') return low <= stored.lo && stored.hi < high;
  if (prefix === 'ne') return stored.lo < low || high <= stored.hi;
  return satisfies(stored, prefix, prefix === 'ap' ? approximateRange(searched) : { lo: value, hi: value });
}

/** The closed range that `ap` searches. */
export function approximateRange({ value, low, high }: ImpliedRange): Interval {
  const tenth = Math.abs(value) / 10;
  return { lo: Math.min(low, value - tenth), hi: Math.max(high, value + tenth) };
}

export const matchesNumberValue = (
  indexed: Extract<IndexValue, { type: 'number' }>,
  searched: Extract<SearchValue, { type: 'number' }>,
): boolean => matchesNumber(indexed, searched);
