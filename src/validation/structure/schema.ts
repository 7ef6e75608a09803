/** JSON Schema of the resource types, made from the element table (FHIR R4, json.html, validation.html#schema). */
import type { ElementDeclaration, ElementTable } from '../../definitions/elements.ts';
import type { RequiredBindings } from '../../definitions/required-bindings.ts';
import { codesOf, isLanguages } from './codes.ts';
import type { ElementRule } from './element-rule.ts';

/** A schema in the draft that ajv speaks; what its keywords mean is ajv's business. */
export type Schema = { readonly [keyword: string]: unknown };

/** What schemas are made of. */
export interface Declarations {
  readonly table: ElementTable;
  readonly bindings: RequiredBindings;
}

export const SCHEMA_ID = 'r4';

/** The definition of a type or of an element with children of its own. */
export const definitionRef = (path: string): string => `${SCHEMA_ID}#/definitions/${path}`;

/** Resource types whose structure is known: those of which the table has elements. */
export const knownTypes = (table: ElementTable): readonly string[] =>
  [...table.keys()]
    .filter((path) => /^[A-Z]\w*\.implicitRules$/.test(path))
    .map((path) => path.slice(0, path.indexOf('.')))
    .filter((type) => type !== 'Resource' && type !== 'DomainResource');

/** One schema of many definitions, by path: `Patient`, `Patient.contact`, `HumanName`. */
export function buildSchema(declarations: Declarations): Schema {
  const children = childrenByParent(declarations.table);
  const resources = knownTypes(declarations.table);
  const definitions = new Map<string, Schema>();
  for (const [path, elements] of children) {
    if (!/^[A-Z]/.test(path)) continue;
    const properties = elements.flatMap((element) => propertiesOf(element, declarations));
    const tag = resources.includes(path) ? { resourceType: { const: path } } : {};
    definitions.set(path, objectSchema({ ...tag, ...Object.fromEntries(properties) }, elements));
  }
  definitions.set('Resource', anyResource(resources));
  return { $id: SCHEMA_ID, definitions: Object.fromEntries(definitions) };
}

function childrenByParent(table: ElementTable): ReadonlyMap<string, readonly ElementDeclaration[]> {
  const children = new Map<string, ElementDeclaration[]>();
  for (const element of table.values()) {
    const parent = element.path.slice(0, element.path.lastIndexOf('.'));
    const siblings = children.get(parent);
    if (siblings) siblings.push(element);
    else children.set(parent, [element]);
  }
  return children;
}

function objectSchema(properties: Schema, elements: readonly ElementDeclaration[]): Schema {
  const rule: ElementRule = {
    mandatory: elements
      .filter(({ min }) => min > 0)
      .map((element) => ({ element: nameOf(element), names: namesOf(element) })),
    choices: elements
      .filter(({ types }) => types.length > 1)
      .map((element) => ({ element: nameOf(element), names: namesOf(element) })),
  };
  return { type: 'object', minProperties: 1, properties, additionalProperties: false, elements: rule };
}

/** Of a type that is not known only the name is looked at, elsewhere: valid FHIR is not refused. */
const anyResource = (known: readonly string[]): Schema => ({
  type: 'object',
  required: ['resourceType'],
  if: { required: ['resourceType'], properties: { resourceType: { enum: known } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: {
    type: 'object',
    required: ['resourceType'],
    discriminator: { propertyName: 'resourceType' },
    oneOf: known.map((type) => ({ $ref: `#/definitions/${type}` })),
  },
  else: { properties: { resourceType: { type: 'string' } } },
});

const lastName = ({ path }: ElementDeclaration): string => path.slice(path.lastIndexOf('.') + 1);
const nameOf = (element: ElementDeclaration): string => lastName(element).replace('[x]', '');
const isPrimitive = (type: string): boolean => /^[a-z]/.test(type);

/** `id` of elements and `url` of extensions are attributes in XML, which have no extensions (json.html#primitive). */
const isAttribute = ({ path }: ElementDeclaration): boolean => path === 'Extension.url' || path.endsWith('.id');

/** The properties that can stand for an element: `deceasedBoolean`, `_deceasedBoolean`, `deceasedDateTime` … */
function namesOf(element: ElementDeclaration): readonly (readonly string[])[] {
  return typedNames(element).map(([name, type]) =>
    isPrimitive(type) && !isAttribute(element) ? [name, `_${name}`] : [name],
  );
}

function typedNames(element: ElementDeclaration): readonly (readonly [string, string])[] {
  const name = nameOf(element);
  if (element.contentReference !== undefined) return [[name, 'BackboneElement']];
  if (!lastName(element).endsWith('[x]')) return [[name, element.types[0] ?? 'Element']];
  return element.types.map((type) => [name + type.charAt(0).toUpperCase() + type.slice(1), type]);
}

function propertiesOf(element: ElementDeclaration, declarations: Declarations): readonly (readonly [string, Schema])[] {
  if (element.max === '0') return [];
  return typedNames(element).flatMap(([name, type]) => {
    const repeats = element.max === '*';
    if (!isPrimitive(type)) return [[name, listed({ $ref: refOf(element, type) }, repeats)] as const];
    const value = valueSchema(element, type, declarations);
    const main = [name, listed(repeats ? nullable(value) : value, repeats)] as const;
    if (isAttribute(element)) return [main];
    const sibling: Schema = { $ref: '#/definitions/Element' };
    const absent: Schema = { if: { type: 'null' }, else: sibling };
    return [main, [`_${name}`, listed(repeats ? absent : sibling, repeats)] as const];
  });
}

const listed = (schema: Schema, repeats: boolean): Schema =>
  repeats ? { type: 'array', minItems: 1, items: schema } : schema;

/** In arrays of primitives null keeps the place of a value that is not there (json.html#primitive). */
const nullable = (schema: Schema): Schema =>
  schema['enum']
    ? { ...schema, type: ['string', 'null'], enum: [...(schema['enum'] as readonly string[]), null] }
    : { ...schema, type: [schema['type'], 'null'] };

function refOf({ path, contentReference }: ElementDeclaration, type: string): string {
  if (contentReference !== undefined) return `#/definitions/${contentReference.slice(1)}`;
  return `#/definitions/${type === 'BackboneElement' || type === 'Element' ? path : type}`;
}

const LARGEST = 2_147_483_647;

function valueSchema({ path }: ElementDeclaration, type: string, { bindings }: Declarations): Schema {
  switch (type) {
    case 'boolean':
      return { type: 'boolean' };
    case 'decimal':
      return { type: 'number' };
    case 'integer':
      return { type: 'integer', minimum: -LARGEST - 1, maximum: LARGEST };
    case 'unsignedInt':
      return { type: 'integer', minimum: 0, maximum: LARGEST };
    case 'positiveInt':
      return { type: 'integer', minimum: 1, maximum: LARGEST };
    default:
      return textSchema(path, bindings);
  }
}

function textSchema(path: string, bindings: RequiredBindings): Schema {
  const valueSet = bindings.valueSetOf.get(path);
  const codes = valueSet === undefined || isLanguages(valueSet) ? undefined : codesOf(bindings, valueSet);
  return codes ? { type: 'string', enum: codes } : { type: 'string', minLength: 1 };
}
