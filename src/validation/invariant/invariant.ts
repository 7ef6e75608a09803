/** Invariants as functions over the JSON, and what they read it with (FHIR R4, conformance-rules.html#constraints). */
import { isObject, type JsonObject } from '../../fhir/resource-content.ts';

/** Suffixes of FHIRPath below the element that has the invariant; `''` is the element itself. */
export type Suffixes = readonly string[];

export interface Invariant {
  readonly key: string;
  readonly severity: 'error' | 'warning';
  /** What must hold, in words a person can act on. */
  readonly message: string;
  /** Where it does not hold; empty where it does. The object may be of any structure. */
  readonly broken: (element: JsonObject) => Suffixes;
}

/** Invariants by the path of the element or type that has them. */
export type InvariantTable = ReadonlyMap<string, readonly Invariant[]>;

const HOLDS: Suffixes = [];
const BROKEN: Suffixes = [''];

/** An invariant of the element as a whole. */
export const invariant = (key: string, message: string, holds: (element: JsonObject) => boolean): Invariant => ({
  key,
  severity: 'error',
  message,
  broken: (element) => (holds(element) ? HOLDS : BROKEN),
});

/** An invariant that can tell which part of the element breaks it. */
export const invariantWithin = (key: string, message: string, broken: Invariant['broken']): Invariant => ({
  key,
  severity: 'error',
  message,
  broken,
});

export const asWarning = (rule: Invariant): Invariant => ({ ...rule, severity: 'warning' });

/** Whether one of the properties is there; a primitive is also there when it has only an id or extensions. */
export const exists = (element: JsonObject, ...names: readonly string[]): boolean =>
  names.some((name) => element[name] !== undefined || element[`_${name}`] !== undefined);

/** Whether a choice of types is there in any type: `value` for `valueString`, `_valueString`, `valueQuantity` … */
export const existsChoice = (element: JsonObject, name: string): boolean =>
  Object.keys(element).some((key) => {
    const property = key.startsWith('_') ? key.slice(1) : key;
    return property.startsWith(name) && /^[A-Z]/.test(property.slice(name.length));
  });

/** The objects of a repeating element; none where the JSON is of another structure. */
export function objectsOf(element: JsonObject, name: string): readonly JsonObject[] {
  const value = element[name];
  return Array.isArray(value) ? value.map((item: unknown) => (isObject(item) ? item : {})) : [];
}

export function objectOf(element: JsonObject, name: string): JsonObject | undefined {
  const value = element[name];
  return isObject(value) ? value : undefined;
}

/** `.entry[3]` for each object of the list that breaks a rule. */
export const brokenIn = (element: JsonObject, name: string, breaks: (item: JsonObject) => boolean): Suffixes =>
  objectsOf(element, name).flatMap((item, index) => (breaks(item) ? [`.${name}[${index}]`] : []));

/** Whether a CodeableConcept has a coding of that system and code. */
export const hasCoding = (concept: JsonObject | undefined, system: string, ...codes: readonly string[]): boolean =>
  concept !== undefined &&
  objectsOf(concept, 'coding').some(
    (coding) => coding['system'] === system && codes.some((code) => coding['code'] === code),
  );

/** Whether the keys of a list are all different; those that are not there do not count. */
export function areDistinct(keys: readonly (string | undefined)[]): boolean {
  const present = keys.filter((key) => key !== undefined);
  return new Set(present).size === present.length;
}
