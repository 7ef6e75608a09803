/** The resources in a resource: contained ones, entries of a Bundle, parameters (FHIR R4, references.html#contained). */
import { isObject, type JsonObject } from '../../fhir/resource-content.ts';
import { type Place, topPlace } from '../place.ts';

export interface PlacedResource {
  readonly resource: JsonObject;
  readonly type: string;
  readonly place: Place;
  /** The resource that contains it, or itself. */
  readonly root: JsonObject;
}

const DEEPEST = 100;

/** The resource itself first, then each one in it. */
export function resourcesWithin(resource: JsonObject): readonly PlacedResource[] {
  const type = typeOf(resource);
  if (type === undefined) return [];
  const found: PlacedResource[] = [];
  addResource({ resource, type, place: topPlace(type), root: resource }, found, 0);
  return found;
}

const typeOf = ({ resourceType }: JsonObject): string | undefined =>
  typeof resourceType === 'string' ? resourceType : undefined;

function addResource(placed: PlacedResource, found: PlacedResource[], depth: number): void {
  found.push(placed);
  if (depth > DEEPEST) return;
  const { resource, type, place } = placed;
  for (const [index, one] of listOf(resource['contained']).entries()) {
    addAt(one, { above: place, element: 'contained', index }, { found, depth, root: placed.root });
  }
  if (type === 'Bundle') addParts(resource['entry'], { above: place, element: 'entry', index: -1 }, { found, depth });
  if (type === 'Parameters') {
    addParts(resource['parameter'], { above: place, element: 'parameter', index: -1 }, { found, depth });
  }
}

interface Search {
  readonly found: PlacedResource[];
  readonly depth: number;
}

function addAt(one: unknown, place: Place, { found, depth, root }: Search & { readonly root?: JsonObject }): void {
  const type = isObject(one) ? typeOf(one) : undefined;
  if (!isObject(one) || type === undefined) return;
  addResource({ resource: one, type, place, root: root ?? one }, found, depth + 1);
}

/** Entries and parameters hold a resource in `resource`; parameters have parts that do too. */
function addParts(parts: unknown, list: Place, search: Search): void {
  if (search.depth > DEEPEST) return;
  for (const [index, part] of listOf(parts).entries()) {
    if (!isObject(part)) continue;
    const place = { ...list, index };
    addAt(part['resource'], { above: place, element: 'resource', index: -1 }, search);
    if (part['part'] !== undefined) {
      addParts(part['part'], { above: place, element: 'part', index: -1 }, { ...search, depth: search.depth + 1 });
    }
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
