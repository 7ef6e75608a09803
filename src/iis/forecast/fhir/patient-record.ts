/** A patient's record in FHIR as the input of a forecast (ImmDS 2.0.0, $immds-forecast; CDSi 4.1, gather necessary data). */
import type { JsonObject } from '../../../fhir/resource-content.ts';
import type { CalendarDate } from '../calendar.ts';
import { normalizeCvx } from '../compile/fields.ts';
import type { ForecastInput, VaccineDoseAdministered } from '../patient.ts';
import type { SupportingData } from '../supporting-data.ts';
import { codedObservations } from './coded-observations.ts';
import { objectOf, textOf } from './elements.ts';
import type { Problem } from './problem.ts';
import { readImmunization } from './read-immunization.ts';
import { type Reading, readAllergy, readCondition, readObservation } from './read-observations.ts';
import { readPatient } from './read-patient.ts';

export interface PatientRecord {
  readonly patient: JsonObject;
  readonly immunizations: readonly JsonObject[];
  readonly conditions: readonly JsonObject[];
  readonly allergies: readonly JsonObject[];
  readonly observations: readonly JsonObject[];
}

/** Whether a resource of a patient's compartment is about that patient: a mother may have observed her child. */
export function isAbout({ patient, subject }: JsonObject, id: string): boolean {
  const reference = textOf(objectOf(patient ?? subject)?.['reference']) ?? '';
  return reference === `Patient/${id}` || reference.endsWith(`/Patient/${id}`);
}

export interface RecordReading {
  /** Undefined where the birth date is not known to the day. */
  readonly input: ForecastInput | undefined;
  readonly problems: readonly Problem[];
}

/** The name of a dose in the answer: its id, or its place where it has none. */
export const doseName = ({ id }: JsonObject, index: number): string => (typeof id === 'string' ? id : `#${index + 1}`);

export function readRecord(
  record: PatientRecord,
  { schedule, assessmentDate }: { readonly schedule: SupportingData; readonly assessmentDate: CalendarDate },
): RecordReading {
  const problems: Problem[] = [];
  const facts = readPatient(record.patient, problems);
  const doses = record.immunizations.flatMap(
    (immunization, index) => readImmunization(immunization, doseName(immunization, index), problems) ?? [],
  );
  if (facts === undefined) return { input: undefined, problems };
  const reading: Reading = { codes: codedObservations(schedule), assessmentDate };
  const observations = [
    ...record.conditions.flatMap((condition) => readCondition(condition, reading)),
    ...record.allergies.flatMap((allergy) => readAllergy(allergy, reading)),
    ...record.observations.flatMap((observation) => readObservation(observation, reading)),
    ...doses.flatMap((dose) => givenObservations(dose, reading)),
  ];
  return { input: { ...facts, dosesAdministered: doses, observations, assessmentDate }, problems };
}

/** An immune globulin is an observation with the day on which it was given. */
function givenObservations(
  { cvx, dateAdministered: date }: VaccineDoseAdministered,
  { codes, assessmentDate }: Reading,
): ForecastInput['observations'] {
  if (typeof date !== 'number' || date > assessmentDate) return [];
  return codes.ofDose(normalizeCvx(cvx) ?? '').map((code) => ({ code, date }));
}
