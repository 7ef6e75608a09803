/** Where an element is in its resource, as FHIRPath (FHIR R4, fhirpath.html). */

/** One step; the steps above it are shared, so that a walk that finds nothing builds no text. */
export interface Place {
  readonly above: Place | undefined;
  /** The name in FHIRPath: `value`, not `valueQuantity`; of the topmost place the resource's type. */
  readonly element: string;
  /** From 0 in a list, -1 elsewhere. */
  readonly index: number;
}

export const topPlace = (resourceType: string): Place => ({ above: undefined, element: resourceType, index: -1 });

/** `Patient.contact[0].name` */
export function expressionOf({ above, element, index }: Place): string {
  const own = index < 0 ? element : `${element}[${index}]`;
  return above ? `${expressionOf(above)}.${own}` : own;
}
