/** What FHIRPath expressions are about: collections of typed items (hl7.org/fhirpath/N1, section "Collections"). */

/** One element or system value. */
export interface Item {
  /** As JSON has it; undefined for a primitive that has only an id or extensions. */
  readonly value: unknown;
  /** `Patient`, `code`, `BackboneElement`; of a literal or result `System.String` and its like. */
  readonly type: string;
  /** Where the children are declared: `Patient`, `Patient.contact`, `HumanName`; empty where there are none. */
  readonly children: string;
  /** The `_name` sibling of a primitive: its id and extensions. */
  readonly companion?: unknown;
}

export type Collection = readonly Item[];

/** The expression can't be evaluated on this content: several items where it needs one, values that can't be compared. */
export class EvaluationError extends Error {}

export const EMPTY: Collection = [];

const system = (type: string, value: unknown): Collection => [{ value, type: `System.${type}`, children: '' }];

const TRUE = system('Boolean', true);
const FALSE = system('Boolean', false);

/** Undefined is the empty collection, FHIRPath's third truth value. */
export function fromBoolean(value: boolean | undefined): Collection {
  if (value === undefined) return EMPTY;
  return value ? TRUE : FALSE;
}

export const fromString = (value: string | undefined): Collection =>
  value === undefined ? EMPTY : system('String', value);

export const fromInteger = (value: number): Collection => system('Integer', value);

export const fromNumber = (value: number): Collection => system(Number.isInteger(value) ? 'Integer' : 'Decimal', value);

export const fromTemporal = (value: string): Collection => system(value.includes('T') ? 'DateTime' : 'Date', value);

/** The only item, or undefined where there is none. @throws EvaluationError where there are several */
export function singleton(collection: Collection): Item | undefined {
  if (collection.length > 1) throw new EvaluationError('There are several items where one is needed.');
  return collection[0];
}

/** "Singleton evaluation of collections": one item that is no boolean is true. */
export function toBoolean(collection: Collection): boolean | undefined {
  const item = singleton(collection);
  if (!item) return undefined;
  return typeof item.value === 'boolean' ? item.value : true;
}

/** @throws EvaluationError where the item is no text */
export function toText(collection: Collection): string | undefined {
  const value = singleton(collection)?.value;
  if (value === undefined || typeof value === 'string') return value;
  throw new EvaluationError('There is something else where a text is needed.');
}

/** @throws EvaluationError where the item is no number */
export function toNumber(collection: Collection): number | undefined {
  const value = singleton(collection)?.value;
  if (value === undefined || typeof value === 'number') return value;
  throw new EvaluationError('There is something else where a number is needed.');
}
