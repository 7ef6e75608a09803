/** Invariants of Quantity and its specialisations, Range, Ratio and Period (FHIR R4, datatypes.html#quantity). */
import { type DateInterval, parseDate } from '../../fhir/date.ts';
import type { JsonObject } from '../../fhir/resource-content.ts';
import { exists, type Invariant, invariant, objectOf } from './invariant.ts';

const UCUM = 'http://unitsofmeasure.org';

const qty3 = invariant(
  'qty-3',
  'If a code for the unit is present, the system must also be present.',
  (quantity) => !exists(quantity, 'code') || exists(quantity, 'system'),
);

const hasCodeForValue = (quantity: JsonObject): boolean => exists(quantity, 'code') || !exists(quantity, 'value');
/** That there is a system at all is asked by qty-3. */
const isUcumIfAny = (quantity: JsonObject): boolean => !exists(quantity, 'system') || quantity['system'] === UCUM;

const age1 = invariant(
  'age-1',
  'An age with a value needs a code for its unit, of UCUM where a system is given, and a value above zero.',
  (age) => hasCodeForValue(age) && isUcumIfAny(age) && (typeof age['value'] !== 'number' || age['value'] > 0),
);
const cnt3 = invariant(
  'cnt-3',
  'A count with a value needs the code "1", of UCUM where a system is given, and a whole number as value.',
  (count) =>
    hasCodeForValue(count) &&
    isUcumIfAny(count) &&
    (!exists(count, 'code') || count['code'] === '1') &&
    (typeof count['value'] !== 'number' || Number.isInteger(count['value'])),
);
const dis1 = invariant(
  'dis-1',
  'A distance with a value needs a code for its unit, of UCUM where a system is given.',
  (distance) => hasCodeForValue(distance) && isUcumIfAny(distance),
);
const drt1 = invariant(
  'drt-1',
  'A duration with a code needs the system UCUM and a value.',
  (duration) => !exists(duration, 'code') || (isUcumIfAny(duration) && exists(duration, 'value')),
);

const rng2 = invariant('rng-2', 'The low end of a range must not be above its high end.', (range) => {
  const low = objectOf(range, 'low');
  const high = objectOf(range, 'high');
  if (!low || !high || unitOf(low) !== unitOf(high)) return true;
  const [from, to] = [low['value'], high['value']];
  return typeof from !== 'number' || typeof to !== 'number' || from <= to;
});

/** Units are not converted: a range of two units is passed. */
const unitOf = (quantity: JsonObject): string =>
  JSON.stringify([quantity['system'], quantity['code'] ?? quantity['unit']]);

const rat1 = invariant(
  'rat-1',
  'A ratio has a numerator and a denominator, or neither and an extension.',
  (ratio) =>
    exists(ratio, 'numerator') === exists(ratio, 'denominator') &&
    (exists(ratio, 'numerator') || exists(ratio, 'extension')),
);

const per1 = invariant('per-1', 'The start of a period must not be after its end.', (period) => {
  const [start, end] = [period['start'], period['end']];
  if (typeof start !== 'string' || typeof end !== 'string') return true;
  const [from, to] = [parseDate(start), parseDate(end)];
  return !from || !to || !isAfter(from, to);
});

/** Where one of the two has no time zone they are compared by the calendar. */
export const isAfter = (start: DateInterval, end: DateInterval): boolean =>
  start.zoned && end.zoned ? start.lo > end.hi : start.localLo > end.localHi;

export const quantityInvariants: readonly (readonly [string, readonly Invariant[]])[] = [
  ['Quantity', [qty3]],
  ['Age', [qty3, age1]],
  ['Count', [qty3, cnt3]],
  ['Distance', [qty3, dis1]],
  ['Duration', [qty3, drt1]],
  ['Range', [rng2]],
  ['Ratio', [rat1]],
  ['Period', [per1]],
];
