/** The elements of resource types and data types: how often each may occur and of which types it is (FHIR R4). */

export interface ElementRow {
  /** `Immunization.occurrence[x]` */
  readonly path: string;
  /** `1` or `*`, or another number. */
  readonly max: string;
  readonly types: readonly string[];
  /** `#Bundle.link`: the element has the children of that one. */
  readonly contentReference?: string;
  /** Resource types a Reference there may name; absent or empty: any. */
  readonly targets?: readonly string[];
}

/** Rows by path. */
export type ElementTable = ReadonlyMap<string, ElementRow>;

export const toElementTable = (rows: readonly ElementRow[]): ElementTable =>
  new Map(rows.map((row) => [row.path, row]));

/** Where an element leads, one for each type of a choice. */
export interface ChildElement {
  /** Path in the table. */
  readonly path: string;
  /** Property in JSON. */
  readonly property: string;
  readonly type: string;
  readonly many: boolean;
  readonly targets: readonly string[];
  /** Path under which its own children are. */
  readonly children: string;
}

/** The child element of this name, one for each type it may have; empty when there is none. */
export function childElements(elements: ElementTable, parent: string, name: string): readonly ChildElement[] {
  const plain = elements.get(`${parent}.${name}`);
  const row = plain ?? elements.get(`${parent}.${name}[x]`);
  if (!row) return [];
  const child = { path: row.path, many: row.max !== '1', targets: row.targets ?? [] };
  const { contentReference } = row;
  if (contentReference) {
    return [{ ...child, property: name, type: 'BackboneElement', children: contentReference.slice(1) }];
  }
  return row.types.map((type) => ({
    ...child,
    type,
    property: plain ? name : name + type.charAt(0).toUpperCase() + type.slice(1),
    children: type === 'BackboneElement' || type === 'Element' ? row.path : type,
  }));
}
