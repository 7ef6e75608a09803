/** Writes a resource given as XML text as JSON text (FHIR R4, xml.html, json.html). */
import { badStructure, badValue, type FhirError } from '../fhir/error.ts';
import { append, beginChild, endChild, endFrame, type Frame, openFrame } from './frame.ts';
import { type LiteralKind, literalForm, toJsonLiteral } from './literal.ts';
import { enterXhtml, narrativeOf, type OpenNarrative, openNarrative, refuseInstruction } from './narrative.ts';
import { DEEPEST, expressionOf, type Place } from './place.ts';
import { positionAt, readXml, type XmlTag } from './read-xml.ts';
import { FHIR_NAMESPACE, type Member, type ResourceShapes, resourceShape, type Shape } from './shape.ts';

const XMLNS = 'http://www.w3.org/2000/xmlns/';
const BYTE_ORDER_MARK = '\ufeff';

/** The conversion of one document. */
interface Conversion {
  readonly text: string;
  readonly shapes: ResourceShapes;
  /** The elements that are open, the outermost first; a narrative and what is in it are not among them. */
  readonly frames: Frame[];
  narrative: OpenNarrative | undefined;
  result: string;
}

/** The JSON text of an XML document, without white space. @throws FhirError 400 naming what is not such a document. */
export function writeJson(xmlText: string, shapes: ResourceShapes): string {
  const text = xmlText.startsWith(BYTE_ORDER_MARK) ? xmlText.slice(1) : xmlText;
  const conversion: Conversion = { text, shapes, frames: [], narrative: undefined, result: '' };
  readXml(text, {
    open: (tag, end) => open(conversion, tag, end),
    close: (end) => close(conversion, end),
    text: (content, end) => refuseText(conversion, content, end),
    processingInstruction: () => conversion.narrative && refuseInstruction(conversion.narrative.place),
  });
  return conversion.result;
}

function open(conversion: Conversion, tag: XmlTag, end: number): void {
  const { narrative, frames, text } = conversion;
  if (narrative) {
    enterXhtml(narrative, tag);
    return;
  }
  if (frames.length >= DEEPEST) {
    throw badStructure(`The XML is nested more than ${DEEPEST} levels deep (${positionAt(text, end)}).`);
  }
  const around = frames.at(-1);
  if (around?.shape) openChild(conversion, { frame: around, shape: around.shape }, { tag, end });
  else openResource(conversion, around, { tag, end });
}

/** A start tag and the offset after it. */
interface Start {
  readonly tag: XmlTag;
  readonly end: number;
}

function openResource(conversion: Conversion, around: Frame | undefined, { tag, end }: Start): void {
  const { shapes, frames, text } = conversion;
  if (tag.uri !== FHIR_NAMESPACE) throw foreign(tag, positionAt(text, end), around?.place);
  if (around?.properties)
    throw badStructure('Each resource must be in an element of its own.', expressionOf(around.place));
  const shape = resourceShape(shapes, tag.local, around?.place);
  const place = around?.place ?? { name: tag.local };
  for (const attribute of attributesOf(tag)) throw unknownAttribute(attribute.name, tag.local, place);
  const properties = `"resourceType":${JSON.stringify(tag.local)}`;
  frames.push(openFrame({ member: undefined, shape, place, value: undefined, properties }));
}

const foreign = ({ name }: XmlTag, position: string, place: Place | undefined): FhirError =>
  badStructure(
    `<${name}> must be in the namespace ${FHIR_NAMESPACE} (${position}): declare it with xmlns on the root element.`,
    place && expressionOf(place),
  );

const unknownAttribute = (name: string, on: string, place: Place): FhirError =>
  badStructure(`<${on}> has no attribute ${name} in FHIR.`, expressionOf(place));

interface Around {
  readonly frame: Frame;
  readonly shape: Shape;
}

function openChild(conversion: Conversion, { frame, shape }: Around, { tag, end }: Start): void {
  const { text, frames } = conversion;
  const isNarrative = shape.members.get(tag.local)?.content.kind === 'narrative';
  if (tag.uri !== FHIR_NAMESPACE && !isNarrative) throw foreign(tag, positionAt(text, end), frame.place);
  const { member, place } = beginChild(frame, shape, tag.local);
  if (isNarrative) conversion.narrative = openNarrative({ tag, text, end, place });
  else frames.push(openElement(member, place, tag));
}

function openElement(member: Member, place: Place, tag: XmlTag): Frame {
  const { content } = member;
  const shape = content.kind === 'primitive' || content.kind === 'complex' ? content.shape : undefined;
  const frame = openFrame({ member, shape, place, value: undefined, properties: '' });
  for (const attribute of attributesOf(tag)) addAttribute(frame, member, attribute);
  return frame;
}

function addAttribute(frame: Frame, { name, content }: Member, attribute: Attribute): void {
  const known = frame.shape?.members.get(attribute.name)?.content;
  if (known?.kind === 'attribute') {
    append(frame, `"${attribute.name}":${literal(known.literal, attribute, frame.place)}`);
  } else if (content.kind === 'primitive' && attribute.name === 'value') {
    frame.value = literal(content.literal, attribute, frame.place);
  } else throw unknownAttribute(attribute.name, name, frame.place);
}

interface Attribute {
  readonly name: string;
  readonly value: string;
}

/** The attributes without the declarations of namespaces. */
const attributesOf = ({ attributes }: XmlTag): readonly Attribute[] =>
  Object.values(attributes).filter(({ uri }) => uri !== XMLNS);

function literal(kind: LiteralKind, { name, value }: Attribute, place: Place): string {
  const text = toJsonLiteral(kind, value);
  if (text !== undefined) return text;
  throw badValue(`The attribute ${name} must be ${literalForm[kind]}.`, expressionOf(place));
}

function close(conversion: Conversion, end: number): void {
  const { narrative } = conversion;
  if (!narrative) closeElement(conversion);
  else if (--narrative.depth === 0) closeNarrative(conversion, narrative, end);
}

function closeNarrative(conversion: Conversion, narrative: OpenNarrative, end: number): void {
  conversion.narrative = undefined;
  const around = conversion.frames.at(-1);
  if (around) endChild(around, JSON.stringify(narrativeOf(narrative, conversion.text, end)));
}

function closeElement(conversion: Conversion): void {
  const frame = conversion.frames.pop();
  if (!frame) return;
  const around = conversion.frames.at(-1);
  const properties = endFrame(frame);
  if (!around) conversion.result = `{${properties}}`;
  else if (frame.member) closeMember({ frame, member: frame.member, properties, around });
  else around.properties = `{${properties}}`;
}

interface Closing {
  readonly frame: Frame;
  readonly member: Member;
  readonly properties: string;
  readonly around: Frame;
}

function closeMember({ frame, member, properties, around }: Closing): void {
  const { kind } = member.content;
  if (properties === '' && frame.value === undefined) {
    const missing = kind === 'primitive' ? 'a value attribute or extensions' : 'content';
    throw badStructure(`<${member.name}> must have ${missing}; leave it out instead.`, expressionOf(frame.place));
  }
  if (kind === 'primitive') endChild(around, frame.value, properties === '' ? undefined : `{${properties}}`);
  else endChild(around, kind === 'resource' ? properties : `{${properties}}`);
}

const CONTENT = /[^ \t\r\n]/;

function refuseText({ narrative, frames, text }: Conversion, content: string, end: number): void {
  const place = frames.at(-1)?.place;
  if (narrative || !place || !CONTENT.test(content)) return;
  throw badStructure(
    `Text between elements has no meaning in FHIR (${positionAt(text, end)}): values are in value attributes.`,
    expressionOf(place),
  );
}
