/** From a JSON Pointer to the element it stands for (RFC 6901; FHIR R4, fhirpath.html). */
import { isObject, type JsonObject } from '../../fhir/resource-content.ts';
import { expressionOf, type Place, topPlace } from '../place.ts';
import type { Member, Shape, Shapes } from '../shape.ts';

export interface Location {
  readonly place: Place;
  readonly expression: string;
  readonly value: unknown;
  /** What is known of the value where it is an object. */
  readonly shape: Shape | undefined;
}

interface Step {
  readonly place: Place;
  readonly value: unknown;
  readonly shape: Shape | undefined;
}

/** @param pointer of known properties and indexes only: unknown properties are told of by the objects that have them */
export function locate(pointer: string, resource: JsonObject, shapes: Shapes): Location {
  const resourceType = String(resource['resourceType']);
  let step: Step = { place: topPlace(resourceType), value: resource, shape: shapes.get(resourceType) };
  for (const segment of pointer.split('/').slice(1)) step = follow(step, segment, shapes);
  return { ...step, expression: expressionOf(step.place) };
}

function follow({ place, value, shape }: Step, segment: string, shapes: Shapes): Step {
  if (Array.isArray(value)) {
    const item: unknown = value[Number(segment)];
    return { place: { ...place, index: Number(segment) }, value: item, shape: shape ?? resourceShape(item, shapes) };
  }
  const member = shape?.members.get(segment);
  const inner = isObject(value) ? value[segment] : undefined;
  const element = member?.element ?? segment.replace(/^_/, '');
  return { place: { above: place, element, index: -1 }, value: inner, shape: shapeBelow(member, inner, shapes) };
}

function shapeBelow(member: Member | undefined, value: unknown, shapes: Shapes): Shape | undefined {
  if (member === undefined) return undefined;
  return 'shape' in member.content ? member.content.shape : resourceShape(value, shapes);
}

const resourceShape = (value: unknown, shapes: Shapes): Shape | undefined =>
  isObject(value) ? shapes.get(String(value['resourceType'])) : undefined;
