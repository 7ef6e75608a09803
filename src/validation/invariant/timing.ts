/** Invariants of Timing.repeat (FHIR R4, datatypes.html#timing). */
import type { JsonObject } from '../../fhir/resource-content.ts';
import { exists, type Invariant, invariant } from './invariant.ts';

const needs = (key: string, name: string, other: string): Invariant =>
  invariant(key, `${name} needs ${other} beside it.`, (repeat) => !exists(repeat, name) || exists(repeat, other));

const notNegative = (key: string, name: string): Invariant =>
  invariant(key, `${name} must not be negative.`, ({ [name]: value }) => typeof value !== 'number' || value >= 0);

const MEALS: ReadonlySet<unknown> = new Set(['C', 'CM', 'CD', 'CV']);

const tim9 = invariant(
  'tim-9',
  'An offset needs a when, and not one of C, CM, CD and CV.',
  (repeat) => !exists(repeat, 'offset') || (exists(repeat, 'when') && !whenOf(repeat).some((code) => MEALS.has(code))),
);

const whenOf = ({ when }: JsonObject): readonly unknown[] => (Array.isArray(when) ? when : []);

const tim10 = invariant(
  'tim-10',
  'A timeOfDay and a when exclude each other.',
  (repeat) => !exists(repeat, 'timeOfDay') || !exists(repeat, 'when'),
);

export const timingInvariants: readonly (readonly [string, readonly Invariant[]])[] = [
  [
    'Timing.repeat',
    [
      needs('tim-1', 'duration', 'durationUnit'),
      needs('tim-2', 'period', 'periodUnit'),
      notNegative('tim-4', 'duration'),
      notNegative('tim-5', 'period'),
      needs('tim-6', 'periodMax', 'period'),
      needs('tim-7', 'durationMax', 'duration'),
      needs('tim-8', 'countMax', 'count'),
      tim9,
      tim10,
    ],
  ],
];
