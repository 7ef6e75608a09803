/** The extensions anywhere in a resource (FHIR R4, extensibility.html), but not those of resources in it. */
import { isObject, type JsonObject } from '../../fhir/resource-content.ts';
import type { Item } from '../fhirpath/collection.ts';
import type { Place } from '../place.ts';

export type VisitExtension = (extension: Item, url: string, place: Place) => void;

const DEEPEST = 100;

/** Calls `visit` for every extension that says its url, outer ones before those in them. */
export function visitExtensions(object: JsonObject, place: Place, visit: VisitExtension, depth = 0): void {
  if (depth > DEEPEST) return;
  for (const key in object) {
    const value = object[key];
    if (typeof value !== 'object' || value === null || key === 'contained' || key === 'resource') continue;
    const name = key.startsWith('_') ? key.slice(1) : key;
    if (Array.isArray(value)) visitEach(value, { place, name, visit, depth });
    else visitExtensions(value as JsonObject, { above: place, element: name, index: -1 }, visit, depth + 1);
  }
}

interface Visit {
  readonly place: Place;
  readonly name: string;
  readonly visit: VisitExtension;
  readonly depth: number;
}

function visitEach(values: readonly unknown[], { place, name, visit, depth }: Visit): void {
  const areExtensions = name === 'extension' || name === 'modifierExtension';
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (!isObject(value)) continue;
    const at: Place = { above: place, element: name, index };
    if (areExtensions && typeof value['url'] === 'string') {
      visit({ value, type: 'Extension', children: 'Extension' }, value['url'], at);
    }
    visitExtensions(value, at, visit, depth + 1);
  }
}
