/**
 * What each resource and data type is made of, compiled once from the element table: names, order, repetition and content
 * (FHIR R4, xml.html, json.html, formats.html#choice).
 */
import type { ElementDeclaration, ElementTable } from '../definitions/elements.ts';
import { notSupported } from '../fhir/error.ts';
import { type LiteralKind, literalKind } from './literal.ts';
import { expressionOf, type Place } from './place.ts';

/** Of every element and attribute but XHTML's (xml.html). */
export const FHIR_NAMESPACE = 'http://hl7.org/fhir';

/** What an element holds. */
type Content =
  /** `id` of an element and `url` of an extension: in XML an attribute, never with an id or extensions of its own. */
  | { readonly kind: 'attribute'; readonly literal: LiteralKind }
  /** A value, or an id and extensions, or both; the shape is that of the primitive type. */
  | { readonly kind: 'primitive'; readonly literal: LiteralKind; readonly shape: Shape }
  | { readonly kind: 'complex'; readonly shape: Shape }
  /** A resource of any type, in XML inside an element of its own. */
  | { readonly kind: 'resource' }
  | { readonly kind: 'narrative' };

/** One element under one name; a choice of types has a member for each of its types. */
export interface Member {
  /** In XML and in JSON, e.g. `valueQuantity`. */
  readonly name: string;
  /** In FHIRPath, e.g. `value`. */
  readonly element: string;
  /** Its place in the definition; the members of a choice share one. */
  readonly position: number;
  readonly repeats: boolean;
  readonly content: Content;
}

export interface Shape {
  /** The type's name, or the path of an element with children of its own. */
  readonly path: string;
  readonly members: ReadonlyMap<string, Member>;
}

/** The shapes of the concrete resource types, by name. */
export type ResourceShapes = ReadonlyMap<string, Shape>;

interface OpenShape extends Shape {
  readonly members: Map<string, Member>;
}

const abstractTypes: ReadonlySet<string> = new Set(['Resource', 'DomainResource']);
const inlineTypes: ReadonlySet<string> = new Set(['BackboneElement', 'Element']);

interface Compilation {
  readonly table: ElementTable;
  readonly shapes: ReadonlyMap<string, OpenShape>;
}

/** @throws Error naming a path whose elements the table does not declare. */
export function compileShapes(table: ElementTable): ResourceShapes {
  const shapes = new Map<string, OpenShape>();
  for (const { path } of table.values()) {
    const parent = parentOf(path);
    if (!shapes.has(parent)) shapes.set(parent, { path: parent, members: new Map() });
  }
  let position = 0;
  for (const element of table.values()) {
    const shape = shapeAt(shapes, parentOf(element.path));
    for (const member of membersOf(element, position, { table, shapes })) shape.members.set(member.name, member);
    position++;
  }
  return new Map([...shapes].filter(([path]) => isResourceType(path, table) && !abstractTypes.has(path)));
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('.'));

/** Of all types only resources have `implicitRules` (resource.html). */
const isResourceType = (path: string, table: ElementTable): boolean => table.has(`${path}.implicitRules`);

function shapeAt(shapes: ReadonlyMap<string, OpenShape>, path: string): OpenShape {
  const shape = shapes.get(path);
  if (!shape) throw new Error(`The element table has no elements of ${path}.`);
  return shape;
}

function membersOf(element: ElementDeclaration, position: number, compilation: Compilation): readonly Member[] {
  const last = element.path.slice(element.path.lastIndexOf('.') + 1);
  const name = last.replace('[x]', '');
  const repeats = element.max !== '1';
  if (element.contentReference !== undefined) {
    const shape = shapeAt(compilation.shapes, element.contentReference.slice(1));
    return [{ name, element: name, position, repeats, content: { kind: 'complex', shape } }];
  }
  return element.types.map((type) => ({
    name: name === last ? name : name + type.charAt(0).toUpperCase() + type.slice(1),
    element: name,
    position,
    repeats,
    content: contentOf(element.path, type, compilation),
  }));
}

function contentOf(path: string, type: string, { table, shapes }: Compilation): Content {
  if (isAttribute(path, table)) return { kind: 'attribute', literal: literalKind(type) };
  if (type === 'Resource') return { kind: 'resource' };
  if (type === 'xhtml') return { kind: 'narrative' };
  const shape = shapeAt(shapes, inlineTypes.has(type) ? path : type);
  return isPrimitive(type) ? { kind: 'primitive', literal: literalKind(type), shape } : { kind: 'complex', shape };
}

/** Primitive types are those that begin with a small letter (datatypes.html). */
const isPrimitive = (type: string): boolean => /^[a-z]/.test(type);

/** "The `id` property on elements (but not on resources …)" and "extension URLs" (xml.html). */
const isAttribute = (path: string, table: ElementTable): boolean =>
  path === 'Extension.url' || (path.endsWith('.id') && !isResourceType(parentOf(path), table));

/** The shape of a resource type. @throws FhirError 400 when there is none. */
export function resourceShape(shapes: ResourceShapes, resourceType: string, above: Place | undefined): Shape {
  const shape = shapes.get(resourceType);
  if (shape) return shape;
  throw notSupported(
    `This server can't convert ${JSON.stringify(resourceType)} between JSON and XML: it has no definition of that resource type.`,
    above && expressionOf(above),
  );
}
