/** What is asked of a compartment, page by page (FHIR R4, compartmentdefinition.html). */

export interface CompartmentPosition {
  readonly resourceType: string;
  readonly id: string;
}

export interface CompartmentRequest {
  /** `Patient/<id>` */
  readonly compartment: string;
  /** In the order in which they come. */
  readonly types: readonly string[];
  /** Updated at this instant or later. */
  readonly since: Date | undefined;
  /** Care given within; resources that don't say when are in too. */
  readonly careFrom: Date | undefined;
  readonly careTo: Date | undefined;
  readonly count: number;
  /** The last resource of the page before. */
  readonly after: CompartmentPosition | undefined;
}
