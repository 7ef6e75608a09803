/** What the specification marks elements of resource types with (FHIR R4, elementdefinition.html, search.html#summary). */

/** Names as in JSON, a choice of types under each of its names (`valueQuantity`). */
export interface ElementMark {
  readonly isSummary: boolean;
  readonly isModifier: boolean;
  readonly isMandatory: boolean;
  /** The children, where they are declared in place (a backbone element). */
  readonly children: ElementMarks | undefined;
}

/** By property name. */
export type ElementMarks = ReadonlyMap<string, ElementMark>;
