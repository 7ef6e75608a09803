/** What is wrong with a resource by its structure definition: elements, cardinality, form of primitives (R4, json.html). */
import { readFileSync } from 'node:fs';
import {
  childParents,
  type ElementDeclaration,
  type ElementTable,
  elementAt,
} from '../../../src/definitions/elements.ts';
import { projectRoot } from './project.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** One line per fault, each with the path of the element; none for a resource that is as its type says. */
export function structureFaults(table: ElementTable, resource: JsonObject): readonly string[] {
  const { resourceType, ...elements } = resource;
  return childFaults(table, { parents: [String(resourceType)], value: elements, path: String(resourceType) });
}

interface Parent {
  /** Where its children are declared. */
  readonly parents: readonly string[];
  readonly value: JsonObject;
  readonly path: string;
}

function childFaults(table: ElementTable, { parents, value, path }: Parent): readonly string[] {
  const required = [...table.values()].filter(
    (element) => element.min > 0 && parents.includes(element.path.slice(0, element.path.lastIndexOf('.'))),
  );
  const missing = required
    .map((element) => element.path.slice(element.path.lastIndexOf('.') + 1))
    .filter((name) => !(name in value));
  const faults = Object.entries(value).flatMap(([name, child]) => {
    const element = parents.map((parent) => elementAt(table, parent, name)).find(Boolean);
    return element
      ? elementFaults(table, { element, value: child, path: `${path}.${name}` })
      : [`${path}.${name}: unknown`];
  });
  return [...missing.map((name) => `${path}.${name}: required`), ...faults];
}

interface Found {
  readonly element: ElementDeclaration;
  readonly value: unknown;
  readonly path: string;
}

function elementFaults(table: ElementTable, { element, value, path }: Found): readonly string[] {
  const repeats = element.max !== '1';
  if (repeats !== Array.isArray(value)) return [`${path}: ${repeats ? 'must be an array' : 'must not be an array'}`];
  const values = [value].flat();
  if (values.length === 0) return [`${path}: empty`];
  return values.flatMap((one) => valueFaults(table, { element, value: one, path }));
}

function valueFaults(table: ElementTable, { element, value, path }: Found): readonly string[] {
  const [type = ''] = element.types;
  if (/^[a-z]/.test(type)) return isPrimitive(type, value) ? [] : [`${path}: not a ${type}`];
  if (typeof value !== 'object' || value === null) return [`${path}: must be an object`];
  return childFaults(table, { parents: childParents(element), value: value as JsonObject, path });
}

interface PrimitiveDefinition {
  readonly snapshot: {
    readonly element: readonly {
      readonly path: string;
      readonly type?: readonly {
        readonly extension?: readonly { readonly url: string; readonly valueString?: string }[];
      }[];
    }[];
  };
}

const REGEX = 'http://hl7.org/fhir/StructureDefinition/regex';

const forms = new Map<string, RegExp>();

function isPrimitive(type: string, value: unknown): boolean {
  const form = forms.get(type) ?? loadForm(type);
  forms.set(type, form);
  return (typeof value === 'boolean') === (type === 'boolean') && form.test(String(value));
}

function loadForm(type: string): RegExp {
  const file = new URL(`data/profiles/r4/structure-definitions/${type}.json`, projectRoot);
  const { snapshot } = JSON.parse(readFileSync(file, 'utf8')) as PrimitiveDefinition;
  const extensions = snapshot.element.find(({ path }) => path === `${type}.value`)?.type?.[0]?.extension ?? [];
  const regex = extensions.find(({ url }) => url === REGEX)?.valueString;
  if (regex === undefined) throw new Error(`${type} has no form`);
  return new RegExp(`^(${regex})$`);
}
