/** Codings that several resources of the demonstration share (FHIR R4, datatypes.html#codeableconcept). */

import type { CodeableConcept, Extension, Reference, Resource } from '@medplum/fhirtypes';

/** A concept of one coding. */
export const concept = (system: string, code: string, display: string): CodeableConcept => ({
  coding: [{ system, code, display }],
});

/** A literal reference to a resource. */
export const referenceTo = <T extends Resource>(resource: T): Reference<T> => ({
  reference: `${resource.resourceType}/${resource.id}`,
});

/** Why a value is missing, in its place (US Core, general guidance: missing data). */
export const absent = (reason: 'unknown' | 'asked-unknown'): { readonly extension: Extension[] } => ({
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: reason }],
});

/** The canonical of a US Core profile or extension. */
export const usCore = (name: string): string => `http://hl7.org/fhir/us/core/StructureDefinition/us-core-${name}`;

/** Completed years between two ISO calendar dates. */
export function ageInYears(birthDate: string, on: string): number {
  const years = Number(on.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return on.slice(5) < birthDate.slice(5) ? years - 1 : years;
}
