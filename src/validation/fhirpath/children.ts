/** Steps from an element to its children, by the declared elements (FHIR R4, fhirpath.html#paths). */
import { isObject, type JsonObject } from '../../fhir/resource-content.ts';
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

/** The children of an item; none where its type has no such element. */
export type ChildAccess = (item: Item) => Collection;

/** How to get the children of a name. */
export type ChildLookup = (name: string) => ChildAccess;

/** What a name is for each type is remembered: a constraint asks for the same few for every resource. */
export function createChildLookup(rows: ElementRows): ChildLookup {
  const accesses = new Map<string, ChildAccess>();
  return (name) => {
    const access = accesses.get(name) ?? createAccess(rows, name);
    accesses.set(name, access);
    return access;
  };
}

function createAccess(rows: ElementRows, name: string): ChildAccess {
  const known = new Map<string, Slots>();
  const slotsOf = (parent: string): Slots => {
    const slots = known.get(parent) ?? toSlots(findSlots(rows, parent, name));
    // Content may name any type: only what there is takes room.
    if (slots.all.length > 0) known.set(parent, slots);
    return slots;
  };
  return ({ value, companion, children }) => {
    if (isObject(value)) return collect(value, slotsOf(children));
    return isObject(companion) ? collect(companion, slotsOf('Element')) : EMPTY;
  };
}

interface Slots {
  readonly all: readonly Slot[];
  readonly byProperty: ReadonlyMap<string, Slot>;
}

const toSlots = (all: readonly Slot[]): Slots => ({
  all,
  byProperty: new Map(all.map((slot) => [slot.property, slot])),
});

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

/** An extension's value may be in fifty properties, of which few are there: those are looked at instead. */
const FEW = 5;

function occupied(object: JsonObject, { all, byProperty }: Slots): readonly Slot[] {
  if (all.length <= FEW) return all;
  const found = new Set<Slot>();
  for (const key in object) {
    const slot = byProperty.get(key.startsWith('_') ? key.slice(1) : key);
    if (slot) found.add(slot);
  }
  return [...found];
}

function collect(object: JsonObject, slots: Slots): Collection {
  let found: Item[] | undefined;
  for (const slot of occupied(object, slots)) {
    const value = object[slot.property];
    const beside = object[slot.companion];
    if (value === undefined && beside === undefined) continue;
    found ??= [];
    if (Array.isArray(value) || Array.isArray(beside)) addEach(found, listOf(value), listOf(beside), slot);
    else found.push(toItem(value, slot, beside));
  }
  return found ?? EMPTY;
}

const NONE: readonly unknown[] = [];

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : NONE);

type Typed = Pick<Item, 'type' | 'children'>;

function addEach(found: Item[], values: readonly unknown[], beside: readonly unknown[], typed: Typed): void {
  const length = Math.max(values.length, beside.length);
  for (let index = 0; index < length; index++) {
    // null keeps the place of what has only a value, or only extensions (json.html#primitive).
    const value = values[index] ?? undefined;
    const companion = beside[index] ?? undefined;
    if (value !== undefined || companion !== undefined) found.push(toItem(value, typed, companion));
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
  return childNames(item, rows).flatMap((name) => lookup(name)(item));
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
