/** Which search parameters put a resource into a patient's compartment (FHIR R4, compartmentdefinition-patient.html). */

import { brokenDeclaration, isRecord, isTextList, readDeclaration } from './declaration-file.ts';

/** By resource type, the codes of the search parameters that make a resource a member; none for a type outside. */
export type PatientCompartment = ReadonlyMap<string, readonly string[]>;

/** Loads the patient compartment of the project whose root directory is given (a `file:` URL that ends in `/`). */
export async function loadPatientCompartment(root: URL): Promise<PatientCompartment> {
  const file = new URL('data/compartments/patient.json', root);
  const definition = readDeclaration(file);
  if (!isRecord(definition) || definition['resourceType'] !== 'CompartmentDefinition')
    throw brokenDeclaration(file, 'is not a CompartmentDefinition');
  if (definition['code'] !== 'Patient') throw brokenDeclaration(file, 'is not the compartment of Patient');
  if (!Array.isArray(definition['resource'])) throw brokenDeclaration(file, 'lists no resource types');
  return new Map(definition['resource'].map((entry: unknown) => compartmentEntry(file, entry)));
}

function compartmentEntry(file: URL, entry: unknown): readonly [string, readonly string[]] {
  if (!isRecord(entry) || typeof entry['code'] !== 'string')
    throw brokenDeclaration(file, `is not a resource type of a compartment: ${JSON.stringify(entry)}`);
  const codes = entry['param'] ?? [];
  if (!isTextList(codes)) throw brokenDeclaration(file, `has no usable codes for ${entry['code']}`);
  return [entry['code'], codes];
}

/**
 * The codes of the search parameters by which a resource of that type is in a patient's compartment: it is a member
 * when at least one of them refers to the patient. Empty for a type that is never a member. A Patient is also in its
 * own compartment by its id, which no parameter says; its code `link` is about the patients linked to it.
 */
export function patientCompartmentCodes(resourceType: string, compartment: PatientCompartment): readonly string[] {
  return compartment.get(resourceType) ?? [];
}
