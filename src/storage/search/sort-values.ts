/**
 * What a resource is sorted by, read from its search fields (FHIR R4, search.html#sort): of several values the lowest
 * where the order ascends, the highest where it descends.
 */
import type { CompiledSearchParameter } from '../../search/parameter.ts';
import type { ResourceDocument } from '../database.ts';
import { hasSubdocuments } from './fields.ts';
import type { SortValue } from './key-order.ts';
import { fieldName, isCodeKey, isPartKey } from './keys.ts';

/** One key of an order, with the parameter of the type at hand. */
export interface TypedSortKey {
  readonly parameter: CompiledSearchParameter;
  readonly direction: 1 | -1;
}

/** Where the values of a parameter are in a document. */
export const valueField = ({ code }: CompiledSearchParameter): string =>
  code === '_id' ? '_id' : code === '_lastUpdated' ? 'lu' : fieldName(code);

/** Undefined where the resource has no value. */
export function sortValue(document: ResourceDocument, { parameter, direction }: TypedSortKey): SortValue | undefined {
  const stored: unknown = (document as unknown as Readonly<Record<string, unknown>>)[valueField(parameter)];
  const values = [stored ?? []].flat().flatMap((value) => comparable(value, parameter) ?? []);
  return values.reduce<SortValue | undefined>(
    (best, value) => (best === undefined || compareValues(value, best) * direction < 0 ? value : best),
    undefined,
  );
}

function comparable(value: unknown, parameter: CompiledSearchParameter): SortValue | undefined {
  if (hasSubdocuments(parameter) && !(value instanceof Date)) return (value as { readonly lo?: SortValue }).lo;
  if (typeof value !== 'string') return value as SortValue;
  return isAnotherForm(value, parameter) ? undefined : value;
}

/** Strings that only serve to find what another string stands for already. */
function isAnotherForm(value: string, { code, type }: CompiledSearchParameter): boolean {
  switch (type) {
    case 'string':
      return isPartKey(value);
    case 'token':
      return code !== '_id' && !isCodeKey(value);
    case 'reference':
      return value.includes('/_history/');
    default:
      return false;
  }
}

/** Below 0 where `a` comes first in an ascending order. */
export function compareValues(a: SortValue, b: SortValue): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return Number(a) - Number(b);
}

/** The same by any direction, what has no value last in both. */
export function compareInOrder(a: SortValue | undefined, b: SortValue | undefined, direction: 1 | -1): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compareValues(a, b) * direction;
}
