/** Writes a resource given as JSON text as XML text (FHIR R4, xml.html, json.html). */
import { badStructure, badValue, type FhirError } from '../fhir/error.ts';
import { escapeAttribute, isXmlText, type LiteralKind, literalForm, toXmlValue } from './literal.ts';
import { type JsonMembers, type JsonNode, readLosslessJson } from './lossless-json.ts';
import { toNarrative } from './narrative.ts';
import { expressionOf, type Place } from './place.ts';
import { FHIR_NAMESPACE, type Member, type ResourceShapes, resourceShape, type Shape } from './shape.ts';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

/** The XML document of a resource. @throws FhirError 400 naming what is not a resource of these shapes. */
export function writeXml(jsonText: string, shapes: ResourceShapes): string {
  return DECLARATION + writeResource(readLosslessJson(jsonText), shapes, undefined);
}

/** One property with the one that has its id and extensions (`birthDate` and `_birthDate`). */
interface Property {
  readonly member: Member;
  value: JsonNode | undefined;
  companion: JsonNode | undefined;
}

/** What a property has at one place: of a repeating one, at one index. */
interface Occurrence {
  readonly member: Member;
  readonly value: JsonNode;
  readonly companion: JsonNode;
  readonly place: Place;
  readonly shapes: ResourceShapes;
}

interface Inside {
  readonly attributes: string;
  readonly children: string;
}

const isMembers = (node: JsonNode): node is JsonMembers => node instanceof Map;
const isArray = (node: JsonNode | undefined): node is readonly JsonNode[] => Array.isArray(node);

function writeResource(node: JsonNode, shapes: ResourceShapes, above: Place | undefined): string {
  const resourceType = isMembers(node) ? node.get('resourceType') : undefined;
  if (!isMembers(node) || typeof resourceType !== 'string') {
    throw badStructure('A resource must be a JSON object with a resourceType.', above && expressionOf(above));
  }
  const shape = resourceShape(shapes, resourceType, above);
  const { children } = writeMembers(node, shape, { place: above ?? { name: resourceType }, shapes });
  const namespace = above ? '' : ` xmlns="${FHIR_NAMESPACE}"`;
  return children === ''
    ? `<${resourceType}${namespace}/>`
    : `<${resourceType}${namespace}>${children}</${resourceType}>`;
}

interface Surroundings {
  readonly place: Place;
  readonly shapes: ResourceShapes;
}

function writeMembers(node: JsonMembers, shape: Shape, { place, shapes }: Surroundings): Inside {
  let attributes = '';
  let children = '';
  for (const property of propertiesOf(node, shape, place)) {
    const { member } = property;
    const here: Place = { above: place, name: member.element };
    if (member.content.kind === 'attribute') attributes += writeAttribute(property, member.content.literal, here);
    else children += member.repeats ? writeEach(property, here, shapes) : writeOne(property, here, shapes);
  }
  return { attributes, children };
}

/** The properties in the order of the definition. */
function propertiesOf(node: JsonMembers, shape: Shape, place: Place): readonly Property[] {
  const properties = new Map<number, Property>();
  let last = -1;
  let sorted = true;
  for (const [key, value] of node) {
    if (key === 'resourceType' && shape.members.has('implicitRules')) continue;
    const { position } = addProperty(properties, { key, value, shape, place }).member;
    sorted &&= position >= last;
    last = position;
  }
  const found = [...properties.values()];
  return sorted ? found : found.sort((one, other) => one.member.position - other.member.position);
}

interface Entry {
  readonly key: string;
  readonly value: JsonNode;
  readonly shape: Shape;
  readonly place: Place;
}

function addProperty(properties: Map<number, Property>, { key, value, shape, place }: Entry): Property {
  const isCompanion = key.startsWith('_');
  const member = shape.members.get(isCompanion ? key.slice(1) : key);
  if (!member || (isCompanion && member.content.kind !== 'primitive')) {
    throw badStructure(`${shape.path} has no element ${JSON.stringify(key)}.`, expressionOf(place));
  }
  const known = properties.get(member.position);
  if (known && known.member !== member) {
    const both = `${known.member.name} and ${member.name}`;
    throw badStructure(`Only one of ${both} may be given.`, expressionOf({ above: place, name: member.element }));
  }
  const property = known ?? { member, value: undefined, companion: undefined };
  if (isCompanion) property.companion = value;
  else property.value = value;
  if (!known) properties.set(member.position, property);
  return property;
}

function writeAttribute({ member, value = null }: Property, literal: LiteralKind, place: Place): string {
  return ` ${member.name}="${attributeValue(literal, value, place)}"`;
}

function attributeValue(literal: LiteralKind, node: JsonNode, place: Place): string {
  const value = toXmlValue(literal, node);
  if (value === undefined) throw badValue(`The value must be ${literalForm[literal]}.`, expressionOf(place));
  if (!isXmlText(value)) {
    throw badValue(
      'The value has a character that XML 1.0 can not hold, such as a control character.',
      expressionOf(place),
    );
  }
  return escapeAttribute(value);
}

function writeOne({ member, value = null, companion = null }: Property, place: Place, shapes: ResourceShapes): string {
  if (isArray(value) || isArray(companion)) {
    throw badStructure(`${member.name} does not repeat, so it must not be an array.`, expressionOf(place));
  }
  return writeOccurrence({ member, value, companion, place, shapes });
}

function writeEach({ member, value, companion }: Property, place: Place, shapes: ResourceShapes): string {
  const values = repetitions(value, member, place);
  const companions = repetitions(companion, member, place);
  let written = '';
  for (let index = 0; index < Math.max(values.length, companions.length); index++) {
    const at = { above: place.above, name: place.name, index };
    written += writeOccurrence({
      member,
      value: values[index] ?? null,
      companion: companions[index] ?? null,
      place: at,
      shapes,
    });
  }
  return written;
}

function repetitions(node: JsonNode | undefined, member: Member, place: Place): readonly JsonNode[] {
  if (node === undefined) return [];
  if (isArray(node) && node.length > 0) return node;
  throw badStructure(`${member.name} may repeat, so it must be an array that is not empty.`, expressionOf(place));
}

function writeOccurrence(occurrence: Occurrence): string {
  const { member, value, place, shapes } = occurrence;
  switch (member.content.kind) {
    case 'primitive':
      return writePrimitive(occurrence, member.content.literal, member.content.shape);
    case 'complex':
      return element(member.name, '', writeObject(value, member.content.shape, { place, shapes }));
    case 'resource':
      return `<${member.name}>${writeResource(value, shapes, place)}</${member.name}>`;
    case 'narrative':
      return writeNarrative(value, place);
    case 'attribute':
      throw new Error(`${member.name} is an attribute in XML.`);
  }
}

function writePrimitive({ member, value, companion, place, shapes }: Occurrence, literal: LiteralKind, shape: Shape) {
  if (value === null && companion === null) throw empty(place);
  const inside = companion === null ? nothing : writeObject(companion, shape, { place, shapes });
  return element(member.name, value === null ? '' : ` value="${attributeValue(literal, value, place)}"`, inside);
}

const nothing: Inside = { attributes: '', children: '' };

const empty = (place: Place): FhirError =>
  badStructure('An element must have a value, elements or extensions; leave it out instead.', expressionOf(place));

function writeObject(node: JsonNode, shape: Shape, surroundings: Surroundings): Inside {
  const { place } = surroundings;
  if (node === null) throw empty(place);
  if (!isMembers(node)) throw badStructure(`${shape.path} must be a JSON object here.`, expressionOf(place));
  if (node.size === 0) throw empty(place);
  return writeMembers(node, shape, surroundings);
}

function element(name: string, value: string, { attributes, children }: Inside): string {
  const start = `<${name}${attributes}${value}`;
  return children === '' ? `${start}/>` : `${start}>${children}</${name}>`;
}

function writeNarrative(value: JsonNode, place: Place): string {
  if (typeof value === 'string') return toNarrative(value, place);
  throw badValue('The div must be a string with the XHTML.', expressionOf(place));
}
