/** Reading what may be there of a resource whose structure is not certain. */
import { type DateInterval, parseDate } from '../../fhir/date.ts';
import { isObject, type JsonObject } from '../../fhir/resource-content.ts';

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const objectsOf = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

export const dateOf = (value: unknown): DateInterval | undefined =>
  typeof value === 'string' ? parseDate(value) : undefined;

const tableDates = new Map<string, DateInterval | undefined>();

/** A date of a table of ours, read once. */
export function tableDate(text: string | undefined): DateInterval | undefined {
  if (text === undefined) return undefined;
  if (!tableDates.has(text)) tableDates.set(text, parseDate(text));
  return tableDates.get(text);
}

/** The codes of a CodeableConcept in a system. */
export function codesOf(concept: unknown, systems: ReadonlySet<string>): readonly string[] {
  return objectsOf(objectOf(concept)['coding']).flatMap(({ system, code }) =>
    typeof system === 'string' && typeof code === 'string' && systems.has(system) ? [code] : [],
  );
}

/** The codes of each of several concepts. */
export const codesOfAll = (concepts: unknown, systems: ReadonlySet<string>): readonly string[] =>
  objectsOf(concepts).flatMap((concept) => codesOf(concept, systems));

const DAY = 86_400_000;
/** A mean month of the Gregorian calendar. */
const MONTH = 30.436875 * DAY;

/** Months between two dates at least and at most, as exact as the dates are. */
export const monthsBetween = (
  from: DateInterval,
  to: DateInterval,
): { readonly least: number; readonly most: number } => ({
  least: (to.localLo - from.localHi) / MONTH,
  most: (to.localHi - from.localLo) / MONTH,
});
