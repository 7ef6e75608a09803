/** Steps from an element to its children, by the declared elements (FHIR R4, fhirpath.html#paths). */
import { isObject } from '../../fhir/resource-content.ts';
import type { Collection, Item } from './collection.ts';
import { EMPTY } from './collection.ts';

/** The part of a declared element that paths need. */
export interface ElementRow {
  readonly types: readonly string[];
  /** `#Bundle.link`: the element has the children of that one. */
  readonly contentReference?: string;
}

/** Rows by path: `Immunization.occurrence[x]`. */
export type ElementRows = ReadonlyMap<string, ElementRow>;

/** A property of JSON that an element may be in. */
interface Slot {
  readonly property: string;
  readonly companion: string;
  readonly type: string;
  readonly children: string;
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The children of an item of that name; none where its type has no such element. */
export type ChildLookup = (item: Item, name: string) => Collection;

/** Lookups are remembered by parent and name: a constraint asks for the same few for every resource. */
export function createChildLookup(rows: ElementRows): ChildLookup {
  const known = new Map<string, Map<string, readonly Slot[]>>();
  const slotsOf = (parent: string, name: string): readonly Slot[] => {
    const ofParent = known.get(parent) ?? new Map<string, readonly Slot[]>();
    const slots = ofParent.get(name) ?? findSlots(rows, parent, name);
    known.set(parent, ofParent.set(name, slots));
    return slots;
  };
  return (item, name) => {
    const { value, companion } = item;
    if (isObject(value)) return collect(value, slotsOf(item.children, name));
    return isObject(companion) ? collect(companion, slotsOf('Element', name)) : EMPTY;
  };
}

function findSlots(rows: ElementRows, parent: string, name: string): readonly Slot[] {
  const plain = rows.get(`${parent}.${name}`);
  const row = plain ?? rows.get(`${parent}.${name}[x]`);
  if (!row) return [];
  if (row.contentReference) {
    return [slot(name, 'BackboneElement', row.contentReference.slice(1))];
  }
  const path = plain ? `${parent}.${name}` : `${parent}.${name}[x]`;
  return row.types.map((type) =>
    slot(plain ? name : name + capitalize(type), type, type === 'BackboneElement' || type === 'Element' ? path : type),
  );
}

const slot = (property: string, type: string, children: string): Slot => ({
  property,
  companion: `_${property}`,
  type,
  children,
});

function collect(object: Readonly<Record<string, unknown>>, slots: readonly Slot[]): Collection {
  const found: Item[] = [];
  for (const { property, companion, type, children } of slots) {
    const value = object[property];
    const beside = object[companion];
    if (value === undefined && beside === undefined) continue;
    if (Array.isArray(value) || Array.isArray(beside)) {
      found.push(...eachOf(listOf(value), listOf(beside), { type, children }));
    } else found.push(toItem(value, { type, children }, beside));
  }
  return found;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

type Typed = Pick<Item, 'type' | 'children'>;

function* eachOf(values: readonly unknown[], beside: readonly unknown[], typed: Typed): Iterable<Item> {
  for (let index = 0; index < Math.max(values.length, beside.length); index++) {
    // null keeps the place of what has only a value, or only extensions (json.html#primitive).
    const value = values[index] ?? undefined;
    const companion = beside[index] ?? undefined;
    if (value !== undefined || companion !== undefined) yield toItem(value, typed, companion);
  }
}

/** A resource inside of a resource is of the type that it says. */
function toItem(value: unknown, { type, children }: Typed, companion: unknown): Item {
  if (type === 'Resource' && isObject(value) && typeof value['resourceType'] === 'string') {
    return { value, type: value['resourceType'], children: value['resourceType'] };
  }
  return companion === undefined ? { value, type, children } : { value, type, children, companion };
}

/** A whole resource as an item. */
export function resourceItem(resource: Readonly<Record<string, unknown>>): Item {
  const type = String(resource['resourceType']);
  return { value: resource, type, children: type };
}

/** Every child of an item, whatever its name. */
export function allChildren(item: Item, lookup: ChildLookup, rows: ElementRows): Collection {
  return childNames(item, rows).flatMap((name) => lookup(item, name));
}

function childNames({ value, children, companion }: Item, rows: ElementRows): readonly string[] {
  if (!isObject(value)) return isObject(companion) ? ['id', 'extension'] : [];
  const prefix = `${children}.`;
  const names: string[] = [];
  for (const path of rows.keys()) {
    if (!path.startsWith(prefix) || path.includes('.', prefix.length)) continue;
    names.push(path.slice(prefix.length).replace('[x]', ''));
  }
  return names;
}
