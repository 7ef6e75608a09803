/** How an answer refers to the patient and the doses that it is about (FHIR R4, references.html). */
import type { JsonObject } from '../../../fhir/resource-content.ts';
import { objectsOf } from './elements.ts';
import { doseName, type PatientRecord } from './patient-record.ts';

/** What the resources of an answer share. */
export interface Subject {
  /** Reference to the patient. */
  readonly patient: object;
  /** The doses of the record by their names. */
  readonly doses: ReadonlyMap<string, JsonObject>;
}

export const subjectOf = ({ patient, immunizations }: PatientRecord): Subject => ({
  patient: patientReference(patient),
  doses: new Map(immunizations.map((immunization, index) => [doseName(immunization, index), immunization])),
});

/** By id; a patient without one by an identifier, or as the one whom the question was about. */
function patientReference({ id, identifier }: JsonObject): object {
  if (typeof id === 'string') return { reference: `Patient/${id}` };
  const [first] = objectsOf(identifier);
  return first === undefined ? { display: 'The patient of the request' } : { identifier: first };
}

/** A dose by its id; one without is `#dose-1`, to be contained where it is referred to. */
export const doseReference = (name: string): { readonly reference: string } => ({
  reference: name.startsWith('#') ? `#dose-${name.slice(1)}` : `Immunization/${name}`,
});

/** The doses without id among those that are referred to. */
export function containedDoses(
  names: readonly string[],
  { doses }: Subject,
): { readonly contained?: readonly object[] } {
  const contained = names.flatMap((name) => {
    const dose = name.startsWith('#') ? doses.get(name) : undefined;
    return dose === undefined ? [] : [{ ...dose, id: `dose-${name.slice(1)}` }];
  });
  return contained.length === 0 ? {} : { contained };
}
