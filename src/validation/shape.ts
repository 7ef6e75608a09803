/**
 * What the walk knows of each type, compiled once from the element table: by property of the JSON what is to be checked
 * there (FHIR R4, json.html, formats.html#choice, references.html).
 */
import type { ElementDeclaration, ElementTable } from '../definitions/elements.ts';
import type { RequiredBindings } from '../definitions/required-bindings.ts';
import type { Invariant, InvariantTable } from './invariant/invariant.ts';
import { type PrimitiveCheck, primitiveCheck } from './primitive/check.ts';

/** What is to be checked of a property's value. */
export type Content =
  /** `check` is undefined where the schema has said all: numbers, booleans, listed codes. */
  | { readonly kind: 'primitive'; readonly check: PrimitiveCheck | undefined; readonly isLink: boolean }
  /** `_name`: id and extensions of the primitive beside it. */
  | { readonly kind: 'sibling'; readonly shape: Shape }
  | { readonly kind: 'complex'; readonly shape: Shape }
  | { readonly kind: 'reference'; readonly shape: Shape; readonly targets: ReadonlySet<string> | undefined }
  | { readonly kind: 'narrative' }
  | { readonly kind: 'resource' };

export interface PrimitivePair {
  readonly values: string;
  readonly siblings: string;
}

export interface Member {
  /** In FHIRPath. */
  readonly element: string;
  readonly repeats: boolean;
  readonly content: Content;
  /**
   * Of a primitive that has to be looked at together with its ids and extensions: at `_name`, and at the values of a
   * list, in which null can stand.
   */
  readonly pair?: PrimitivePair;
  /** Invariants of this element, beside those of its type. */
  readonly invariants: readonly Invariant[];
}

export interface Shape {
  readonly path: string;
  /** By property of the JSON, those with `_` too. */
  readonly members: ReadonlyMap<string, Member>;
  readonly invariants: readonly Invariant[];
}

/** By name of the resource type or data type, or path of the element with children of its own. */
export type Shapes = ReadonlyMap<string, Shape>;

interface OpenShape extends Shape {
  readonly members: Map<string, Member>;
}

export interface Rules {
  readonly table: ElementTable;
  readonly bindings: RequiredBindings;
  readonly invariants: InvariantTable;
}

interface Compilation extends Rules {
  readonly shapes: ReadonlyMap<string, OpenShape>;
}

const NONE: readonly Invariant[] = [];

export function compileShapes(rules: Rules): Shapes {
  const shapes = new Map<string, OpenShape>();
  for (const { path } of rules.table.values()) {
    const parent = parentOf(path);
    if (shapes.has(parent)) continue;
    shapes.set(parent, { path: parent, members: new Map(), invariants: rules.invariants.get(parent) ?? NONE });
  }
  const compilation = { ...rules, shapes };
  for (const element of rules.table.values()) {
    const { members } = shapeAt(compilation, parentOf(element.path));
    for (const [name, member] of membersOf(element, compilation)) members.set(name, member);
  }
  return shapes;
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('.'));

function shapeAt({ shapes }: Compilation, path: string): OpenShape {
  const shape = shapes.get(path);
  if (!shape) throw new Error(`The element table has no elements of ${path}.`);
  return shape;
}

function membersOf(element: ElementDeclaration, compilation: Compilation): readonly (readonly [string, Member])[] {
  const last = element.path.slice(element.path.lastIndexOf('.') + 1);
  const name = last.replace('[x]', '');
  const types = element.contentReference === undefined ? element.types : ['BackboneElement'];
  return types.flatMap((type) => {
    const property = name === last ? name : name + type.charAt(0).toUpperCase() + type.slice(1);
    const content = contentOf(element, type, compilation);
    const repeats = element.max === '*';
    const main = { element: name, repeats, content, invariants: invariantsAt(element, compilation) };
    if (content.kind !== 'primitive') return [[property, main] as const];
    const pair = { values: property, siblings: `_${property}` };
    const beside = { kind: 'sibling', shape: shapeAt(compilation, 'Element') } as const;
    const sibling = { element: name, repeats, content: beside, invariants: NONE, pair };
    return [[property, repeats ? { ...main, pair } : main] as const, [pair.siblings, sibling] as const];
  });
}

/** Those of a backbone element are its shape's already. */
const invariantsAt = ({ path }: ElementDeclaration, { invariants, shapes }: Compilation): readonly Invariant[] =>
  shapes.has(path) ? NONE : (invariants.get(path) ?? NONE);

const LINK_TYPES: ReadonlySet<string> = new Set(['canonical', 'uri', 'url']);

function contentOf(element: ElementDeclaration, type: string, compilation: Compilation): Content {
  const { path, contentReference, targets } = element;
  if (contentReference !== undefined)
    return { kind: 'complex', shape: shapeAt(compilation, contentReference.slice(1)) };
  if (type === 'Resource') return { kind: 'resource' };
  if (type === 'xhtml') return { kind: 'narrative' };
  if (/^[a-z]/.test(type)) {
    const check = primitiveCheck(element, type, compilation.bindings);
    return { kind: 'primitive', check, isLink: LINK_TYPES.has(type) };
  }
  const shape = shapeAt(compilation, type === 'BackboneElement' || type === 'Element' ? path : type);
  if (type !== 'Reference') return { kind: 'complex', shape };
  return { kind: 'reference', shape, targets: targets && !targets.includes('Resource') ? new Set(targets) : undefined };
}
