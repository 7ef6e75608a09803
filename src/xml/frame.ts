/** An XML element that is open, and the JSON of its children so far (FHIR R4, json.html). */
import { badStructure } from '../fhir/error.ts';
import { expressionOf, type Place } from './place.ts';
import type { Member, Shape } from './shape.ts';

/** The repetitions of one element so far, each as JSON text: its value, and what goes into the property with `_`. */
interface Run {
  readonly member: Member;
  readonly values: (string | undefined)[];
  readonly companions: (string | undefined)[];
}

export interface Frame {
  /** What this element is to the one around it: its member, or undefined for a resource. */
  readonly member: Member | undefined;
  /** What may stand in it; undefined for an element that holds one resource of any type. */
  readonly shape: Shape | undefined;
  readonly place: Place;
  /** The value attribute of a primitive, as a JSON literal. */
  value: string | undefined;
  /** The finished properties, with commas between them; of what holds a resource, that resource's text. */
  properties: string;
  run: Run | undefined;
}

/** What is known of an element when it opens; `properties` are those that its attributes give. */
export type Opening = Pick<Frame, 'member' | 'shape' | 'place' | 'value' | 'properties'>;

/** Spelled out: this runs for every element, and spreading an object is many times slower. */
export const openFrame = ({ member, shape, place, value, properties }: Opening): Frame => ({
  member,
  shape,
  place,
  value,
  properties,
  run: undefined,
});

/**
 * Takes up a child element of that name: where it is in the definition and among its repetitions.
 * @throws FhirError 400 for a name that is unknown, repeated, out of order, or the second of a choice.
 */
export function beginChild(
  frame: Frame,
  shape: Shape,
  name: string,
): { readonly member: Member; readonly place: Place } {
  const member = shape.members.get(name);
  if (!member) throw badStructure(`${shape.path} has no element <${name}>.`, expressionOf(frame.place));
  const repeated = frame.run?.member === member ? frame.run.values.length : 0;
  const place = { above: frame.place, name: member.element, index: member.repeats ? repeated : undefined };
  if (member.content.kind === 'attribute') {
    throw badStructure(`${name} must be an attribute here, not an element.`, expressionOf(place));
  }
  if (repeated === 0) beginRun(frame, member, place);
  else if (!member.repeats) throw badStructure(`<${name}> must not repeat.`, expressionOf(place));
  return { member, place };
}

function beginRun(frame: Frame, member: Member, place: Place): void {
  if (frame.run) refuseOrder(frame.run.member, member, place);
  endRun(frame);
  frame.run = { member, values: [], companions: [] };
}

function refuseOrder(last: Member, next: Member, place: Place): void {
  if (next.position > last.position) return;
  throw badStructure(
    next.position === last.position
      ? `Only one of <${last.name}> and <${next.name}> may be given.`
      : `<${next.name}> must stand before <${last.name}>: FHIR fixes the order of elements in XML.`,
    expressionOf(place),
  );
}

/** Adds what one child holds, as JSON text, to the run that `beginChild` took up. */
export function endChild(frame: Frame, value: string | undefined, companion?: string): void {
  frame.run?.values.push(value);
  frame.run?.companions.push(companion);
}

function endRun(frame: Frame): void {
  if (!frame.run) return;
  const { member, values, companions } = frame.run;
  append(frame, property(member, member.name, values));
  append(frame, property(member, `_${member.name}`, companions));
}

/** Adds one property, or nothing. */
export function append(frame: Frame, text: string): void {
  if (text !== '') frame.properties += frame.properties === '' ? text : `,${text}`;
}

function property({ repeats }: Member, name: string, texts: readonly (string | undefined)[]): string {
  if (texts.every((text) => text === undefined)) return '';
  return `"${name}":${repeats ? `[${texts.map((text) => text ?? 'null').join(',')}]` : texts[0]}`;
}

/** What the element holds: its properties without braces, or the resource in it; empty where it has no content. */
export function endFrame(frame: Frame): string {
  endRun(frame);
  frame.run = undefined;
  return frame.properties;
}
