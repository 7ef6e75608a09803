/**
 * The search fields of a stored resource: one top-level field per search parameter, `s_<code>`, with a value that
 * indexes well on MongoDB and on DocumentDB alike (FHIR R4, search.html#ptypes). A field is there when its element is,
 * even if nothing in it can be searched: then it is empty, for `:missing`.
 */
import type { IndexEntry, IndexValue, QuantityValue } from '../../search/index-entry.ts';
import type { CompiledSearchParameter } from '../../search/parameter.ts';
import { componentName, fieldName, ofTypeKey, partKey, stringKey, tokenKeys, unitKey, unitSystemKey } from './keys.ts';

/** Found by the resource's own `_id` and `lu`. */
const NATIVE: ReadonlySet<string> = new Set(['_id', '_lastUpdated']);

/** The `s_*` fields for the index entries of one resource. */
export function searchFields(
  entries: readonly IndexEntry[],
  parameters: readonly CompiledSearchParameter[],
): Readonly<Record<string, unknown>> {
  const byCode = new Map(parameters.map((parameter) => [parameter.code, parameter]));
  const fields = new Map<string, unknown[]>();
  for (const { code, value } of entries) {
    const parameter = byCode.get(code);
    if (parameter && !NATIVE.has(code)) addValue(fields, value, parameter);
  }
  const found: Record<string, unknown> = {};
  for (const [name, values] of fields) found[name] = compact(values, byCode.get(name.slice(2)));
  return found;
}

/** Each parameter that has an entry has its field; those of modifiers are only there with values. */
function addValue(fields: Map<string, unknown[]>, value: IndexValue, parameter: CompiledSearchParameter): void {
  const own = listAt(fields, fieldName(parameter.code));
  const extra =
    value.type === 'text' || value.type === 'of-type' || value.type === 'identifier' ? value.type : undefined;
  addDistinct(extra ? listAt(fields, fieldName(parameter.code, extra)) : own, encode(value, parameter));
}

function listAt(fields: Map<string, unknown[]>, name: string): unknown[] {
  const list = fields.get(name) ?? [];
  fields.set(name, list);
  return list;
}

function addDistinct(list: unknown[], values: readonly unknown[]): void {
  for (const value of values) if (!list.includes(value)) list.push(value);
}

/** One value instead of a list of one, which MongoDB finds alike; ranges of repeating elements stay lists. */
function compact(values: readonly unknown[], parameter: CompiledSearchParameter | undefined): unknown {
  const isList = parameter !== undefined && hasSubdocuments(parameter) && !parameter.single;
  return values.length === 1 && !isList ? values[0] : values;
}

/** Whether the values are sub-documents, which have to match as a whole. */
export const hasSubdocuments = ({ type }: CompiledSearchParameter): boolean =>
  type === 'date' || type === 'number' || type === 'quantity' || type === 'composite';

function encode(value: IndexValue, parameter: CompiledSearchParameter): readonly unknown[] {
  switch (value.type) {
    case 'token':
    case 'identifier':
      return tokenKeys(value);
    case 'string':
      return [value.part ? partKey(value.text) : stringKey(value.text)];
    case 'reference':
    case 'uri':
      return value.keys;
    case 'text':
      return [stringKey(value.text)];
    case 'of-type':
      return [ofTypeKey(value)];
    case 'date':
      return [encodeDate(value, parameter)];
    case 'number':
      return [{ lo: value.lo, hi: value.hi }];
    case 'quantity':
      return [{ lo: value.lo, hi: value.hi, u: unitKeys(value) }];
    case 'composite':
      return [encodeComposite(value.components, parameter)];
    default:
      return [];
  }
}

/** Whether no value of the parameter can have a time zone, so that only the calendar counts. */
export const isCalendarOnly = ({ types }: CompiledSearchParameter): boolean => types.size === 1 && types.has('date');

/** `lo` and `hi` are instants, `l` and `h` the wall clock, `z` says that there was a zone. */
function encodeDate(value: Extract<IndexValue, { type: 'date' }>, parameter: CompiledSearchParameter): object {
  const instants = { lo: new Date(value.lo), hi: new Date(value.hi) };
  if (isCalendarOnly(parameter)) return instants;
  const local = { l: new Date(value.localLo), h: new Date(value.localHi) };
  return value.zoned ? { ...instants, ...local, z: true } : { ...instants, ...local };
}

function unitKeys({ system, code, unit }: QuantityValue): readonly string[] {
  const keys = new Set<string>();
  if (system) keys.add(unitSystemKey(system, code));
  if (code) keys.add(unitKey(code));
  if (unit) keys.add(unitKey(unit));
  return [...keys];
}

function encodeComposite(
  components: readonly (readonly IndexValue[])[],
  { components: parameters }: CompiledSearchParameter,
): object {
  const encoded: Record<string, unknown> = {};
  for (const [position, values] of components.entries()) {
    const parameter = parameters[position];
    const list: unknown[] = [];
    if (parameter) for (const value of values) addDistinct(list, encode(value, parameter));
    encoded[componentName(position)] = list;
  }
  return encoded;
}
