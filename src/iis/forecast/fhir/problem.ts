/** What keeps an element of a record from being understood (FHIR R4, operationoutcome.html). */

export interface Problem {
  /** The element at fault: `Immunization.occurrenceDateTime`. */
  readonly expression: string;
  readonly why: string;
}

/** Where problems are noted while a record is read: whoever asks decides whether they are refusals. */
export type Problems = Problem[];
