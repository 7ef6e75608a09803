/** The registry's patients as pages show them: found and read through the gate like any request (FHIR R4, patient.html#search). */
import type { HumanName, Identifier, Patient, RelatedPerson } from '@medplum/fhirtypes';
import { FhirError } from '../fhir/error.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import type { Caller, Perform } from '../interactions/perform.ts';
import { isStaff, type User } from './users.ts';

export interface PatientSummary {
  readonly id: string;
  readonly name: string;
  readonly birthDate: string;
  /** A number that people know it by. */
  readonly identifier: string;
}

/** A record that somebody may choose, and as what they do. */
export interface OwnRecord extends PatientSummary {
  readonly fhirUser: string;
}

export interface PatientCriteria {
  readonly name: string;
  /** `2021-05-09`, or the start of it. */
  readonly birthDate: string;
  readonly identifier: string;
}

export interface Patients {
  /** Undefined where it is not there, or deleted. */
  find(id: string): Promise<PatientSummary | undefined>;
  /** A page of those that match; none where no criterion is given. @throws FhirError 400 of a criterion that can't be read. */
  search(criteria: PatientCriteria): Promise<readonly PatientSummary[]>;
  /** A person's own record and those they stand for now. */
  recordsOf(user: User): Promise<readonly OwnRecord[]>;
  /** Whether the user may have this patient in context, and as what. */
  roleFor(user: User, patient: string): Promise<string | undefined>;
}

const PAGE_SIZE = '20';

/** @param caller with access to all patients: which of them a user may choose is decided here */
export function registryPatients(perform: Perform, caller: Caller): Patients {
  const read = async <T>(reference: string): Promise<T | undefined> => {
    const [resourceType = '', id = ''] = reference.split('/');
    try {
      const { stored } = await perform({ code: 'read', resourceType, id }, caller);
      return stored && (JSON.parse(stored.body) as T);
    } catch (error) {
      if (error instanceof FhirError && error.status < 500) return undefined;
      throw error;
    }
  };
  const find = async (id: string) => toSummary(await read<Patient>(`Patient/${id}`));
  const recordsOf = async ({ fhirUsers }: User) => {
    const records = await Promise.all(
      fhirUsers.map(async (fhirUser) => {
        const id = await patientOf(fhirUser, read);
        const patient = id === undefined ? undefined : await find(id);
        return patient && { ...patient, fhirUser };
      }),
    );
    return records.filter((record) => record !== undefined);
  };
  return {
    find,
    recordsOf,
    search: (criteria) => searchPatients(perform, caller, criteria),
    roleFor: async (user, patient) => {
      if (isStaff(user)) return (await find(patient)) && user.fhirUsers[0];
      return (await recordsOf(user)).find(({ id }) => id === patient)?.fhirUser;
    },
  };
}

type Read = <T>(reference: string) => Promise<T | undefined>;

/** Whose record a person may use as this Patient or RelatedPerson, today. */
async function patientOf(fhirUser: string, read: Read): Promise<string | undefined> {
  const [type, id] = fhirUser.split('/');
  if (type === 'Patient') return id;
  if (type !== 'RelatedPerson') return undefined;
  const person = await read<RelatedPerson>(fhirUser);
  return person && isInForce(person, new Date().toISOString()) ? person.patient.reference?.split('/')[1] : undefined;
}

/** Pure: FHIR R4, relatedperson.html: `active`, and a `period` whose ends may be dates of any precision. */
export function isInForce({ active, period }: RelatedPerson, now: string): boolean {
  const { start, end } = period ?? {};
  const hasBegun = start === undefined || start <= now;
  // A day that is named as the end belongs to the period.
  const hasEnded = end !== undefined && end < now.slice(0, end.length);
  return active !== false && hasBegun && !hasEnded;
}

async function searchPatients(
  perform: Perform,
  caller: Caller,
  { name, birthDate, identifier }: PatientCriteria,
): Promise<readonly PatientSummary[]> {
  const entries = Object.entries({ name, birthdate: birthDate, identifier }).map(([key, value]) => [key, value.trim()]);
  const given = entries.filter(([, value]) => value !== '');
  if (given.length === 0) return [];
  const params = { ...Object.fromEntries(given), _count: PAGE_SIZE } as SearchParams;
  const { body = '{}' } = await perform({ code: 'search-type', resourceType: 'Patient', params }, caller);
  const { entry = [] } = JSON.parse(body) as { entry?: readonly { resource?: Patient }[] };
  return entry.flatMap(({ resource }) => toSummary(resource) ?? []);
}

function toSummary(patient: Patient | undefined): PatientSummary | undefined {
  if (patient?.resourceType !== 'Patient' || patient.id === undefined) return undefined;
  const { id, name = [], birthDate = '', identifier = [] } = patient;
  return { id, name: nameText(name), birthDate, identifier: identifierText(identifier) };
}

function nameText(names: readonly HumanName[]): string {
  const name = names.find(({ use }) => use === 'official') ?? names[0];
  return (name?.text ?? [...(name?.given ?? []), name?.family ?? ''].join(' ').trim()) || 'No name';
}

const identifierText = (identifiers: readonly Identifier[]): string =>
  (identifiers.find(({ use }) => use === 'official') ?? identifiers[0])?.value ?? '';
