/** The elements of the R4 resource and data types: cardinality, types, content references (elementdefinition.html). */

import { brokenDeclaration, isRecord, isTextList, readDeclaration } from './declaration-file.ts';

/** One element of a resource type, of a backbone element or of a data type. */
export interface ElementDeclaration {
  /** From the type's name, e.g. `Patient.contact.name`; a choice of types keeps its `[x]`. */
  readonly path: string;
  readonly min: number;
  /** A number in digits, or `*`. */
  readonly max: string;
  /** FHIR type names; several for a choice of types, none where there is a content reference. */
  readonly types: readonly string[];
  /** `#` and the path of the element whose children are also this element's children. */
  readonly contentReference?: string;
  /** Of a Reference or canonical: the resource types it may point to; `Resource` stands for all. */
  readonly targets?: readonly string[];
}

/** Every declared element, by path. */
export type ElementTable = ReadonlyMap<string, ElementDeclaration>;

const inlineTypes: ReadonlySet<string> = new Set(['BackboneElement', 'Element']);

function isElementDeclaration(row: unknown): row is ElementDeclaration {
  return (
    isRecord(row) &&
    typeof row['path'] === 'string' &&
    typeof row['min'] === 'number' &&
    typeof row['max'] === 'string' &&
    isTextList(row['types']) &&
    (row['targets'] === undefined || isTextList(row['targets'])) &&
    (row['types'].length > 0 || typeof row['contentReference'] === 'string')
  );
}

/** Loads the element table of the project whose root directory is given (a `file:` URL that ends in `/`). */
export async function loadElements(root: URL): Promise<ElementTable> {
  const file = new URL('data/profiles/r4/elements.json', root);
  const rows = readDeclaration(file);
  if (!Array.isArray(rows)) throw brokenDeclaration(file, 'is not a list of elements');
  const table = new Map<string, ElementDeclaration>();
  for (const row of rows as readonly unknown[]) {
    if (!isElementDeclaration(row)) throw brokenDeclaration(file, `is not an element: ${JSON.stringify(row)}`);
    if (table.has(row.path)) throw brokenDeclaration(file, `declares ${row.path} twice`);
    table.set(row.path, row);
  }
  return table;
}

const capitalize = (type: string): string => type.charAt(0).toUpperCase() + type.slice(1);

/** `valueQuantity` is the JSON name of `value[x]` when its type is Quantity (R4, json.html, formats.html#choice). */
function typedChoice(table: ElementTable, parent: string, name: string): ElementDeclaration | undefined {
  for (const { index } of name.matchAll(/[A-Z]/g)) {
    const choice = table.get(`${parent}.${name.slice(0, index)}[x]`);
    const type = choice?.types.find((candidate) => capitalize(candidate) === name.slice(index));
    if (choice && type) return { ...choice, types: [type] };
  }
  return undefined;
}

/**
 * The child element of that name, or undefined when there is none. The parent is a type's name (`Patient`, `HumanName`)
 * or the path of an element with children of its own (`Patient.contact`). A choice of types is found by its name in
 * FHIRPath (`value`, all its types) and by each of its names in JSON (`valueQuantity`, that type only).
 */
export function elementAt(table: ElementTable, parent: string, name: string): ElementDeclaration | undefined {
  return table.get(`${parent}.${name}`) ?? table.get(`${parent}.${name}[x]`) ?? typedChoice(table, parent, name);
}

/**
 * Where the children of an element are declared, to go on with `elementAt`: its own path for a backbone element, the
 * path it refers to for a content reference, else the names of its types.
 */
export function childParents(element: ElementDeclaration): readonly string[] {
  if (element.contentReference !== undefined) return [element.contentReference.slice(1)];
  return element.types.map((type) => (inlineTypes.has(type) ? element.path : type));
}
