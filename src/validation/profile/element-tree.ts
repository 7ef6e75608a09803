/** The snapshot of a StructureDefinition as a tree of elements and slices (FHIR R4, elementdefinition.html#id). */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';

export interface ElementNode {
  readonly definition: ElementDefinition;
  /** Last part of the path: `family`, `value[x]`. */
  readonly name: string;
  readonly children: readonly ElementNode[];
  /** Slices of the element, or of the slice. */
  readonly slices: readonly ElementNode[];
}

interface GrowingNode extends ElementNode {
  readonly children: GrowingNode[];
  readonly slices: GrowingNode[];
}

/** @throws Error where the snapshot is absent, or an element has no place in it */
export function buildElementTree({ url, snapshot }: StructureDefinition): ElementNode {
  const [first, ...rest] = snapshot?.element ?? [];
  if (!first) throw new Error(`${url} has no snapshot`);
  const root = grow(first);
  const byId = new Map([[idOf(first), root]]);
  for (const definition of rest) {
    const node = grow(definition);
    const { owner, role } = placeOf(idOf(definition));
    const above = byId.get(owner);
    if (!above) throw new Error(`${url}: the element ${definition.id} has no place in the snapshot`);
    above[role].push(node);
    byId.set(idOf(definition), node);
  }
  return root;
}

const idOf = ({ id, path }: ElementDefinition): string => id ?? path ?? '';

function grow(definition: ElementDefinition): GrowingNode {
  const path = definition.path ?? '';
  return { definition, name: path.slice(path.lastIndexOf('.') + 1), children: [], slices: [] };
}

/** `Patient.extension:race` is a slice of `Patient.extension`, `x:a/b` one of `x:a`; any other is a child. */
function placeOf(id: string): { readonly owner: string; readonly role: 'children' | 'slices' } {
  const dot = id.lastIndexOf('.');
  const colon = id.indexOf(':', dot);
  if (colon < 0) return { owner: id.slice(0, dot), role: 'children' };
  const slash = id.lastIndexOf('/');
  return { owner: id.slice(0, slash > colon ? slash : colon), role: 'slices' };
}

/** The one member of an element definition whose name is that and a type: `fixedUri`, `patternCoding`. */
export function choiceOf(definition: ElementDefinition, name: 'fixed' | 'pattern' | 'minValue' | 'maxValue'): unknown {
  for (const [key, value] of Object.entries(definition)) {
    if (key.startsWith(name) && /^[A-Z]/.test(key.slice(name.length))) return value;
  }
  return undefined;
}
