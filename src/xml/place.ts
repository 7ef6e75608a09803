/** Where in a resource a conversion is, for the expression of an issue (FHIR R4, operationoutcome.html). */

/** One element; its expression is only built for a refusal. */
export interface Place {
  readonly above?: Place | undefined;
  /** The name of the element in FHIRPath, or of the resource type at the root. */
  readonly name: string;
  /** Among its repetitions, from 0; undefined for an element that does not repeat. */
  readonly index?: number | undefined;
}

/** No resource of the specification nests nearly so deep; what does is an attack on whoever reads it. */
export const DEEPEST = 128;

/** The FHIRPath of the place, e.g. `Patient.name[0].given[1]`. */
export function expressionOf(place: Place): string {
  const step = place.index === undefined ? place.name : `${place.name}[${place.index}]`;
  return place.above ? `${expressionOf(place.above)}.${step}` : step;
}
