/** The registry's patients as pages show them: found and read through the gate like any request (FHIR R4, patient.html#search). */
import type { HumanName, Identifier, Patient } from '@medplum/fhirtypes';
import type { Subject } from '../auth/principal.ts';
import { FhirError } from '../fhir/error.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import type { Caller, Perform } from '../interactions/perform.ts';
import type { User } from './users.ts';

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
  /** As what the user may have this patient in context; undefined where they may not. */
  roleFor(user: User, patient: string): Promise<string | undefined>;
  /** Whether that is so as this Practitioner, Patient or RelatedPerson. */
  isOpenTo(fhirUser: string, patient: string): Promise<boolean>;
}

const PAGE_SIZE = '20';

export interface PatientAccess {
  readonly perform: Perform;
  /** With access to all patients: which of them a user may choose is decided here. */
  readonly caller: Caller;
  /** Whose records someone may see now, as whoever checks tokens decides it too. */
  readonly subjectOf: (fhirUser: string) => Promise<Subject | undefined>;
}

export function registryPatients({ perform, caller, subjectOf }: PatientAccess): Patients {
  const find = (id: string) => readPatient(perform, caller, id);
  const isOpenTo = async (fhirUser: string, patient: string) => {
    const subject = await subjectOf(fhirUser);
    if (subject?.kind === 'individual') return subject.patients.includes(patient);
    return subject?.kind === 'staff' && (await find(patient)) !== undefined;
  };
  return {
    find,
    isOpenTo,
    search: (criteria) => searchPatients(perform, caller, criteria),
    recordsOf: async ({ fhirUsers }) => {
      const found = [...(await rolesOf(fhirUsers, subjectOf))].map(async ([id, fhirUser]) => {
        const patient = await find(id);
        return patient && { ...patient, fhirUser };
      });
      return (await Promise.all(found)).filter((record) => record !== undefined);
    },
    roleFor: async ({ fhirUsers }, patient) => {
      for (const fhirUser of fhirUsers) if (await isOpenTo(fhirUser, patient)) return fhirUser;
      return undefined;
    },
  };
}

/** Each patient that is open to one of them, and as which they are. */
async function rolesOf(
  fhirUsers: readonly string[],
  subjectOf: PatientAccess['subjectOf'],
): Promise<ReadonlyMap<string, string>> {
  const subjects = await Promise.all(fhirUsers.map(subjectOf));
  const patients = subjects.map((subject) => (subject?.kind === 'individual' ? subject.patients : []));
  const pairs = fhirUsers.flatMap((fhirUser, index) => (patients[index] ?? []).map((id) => [id, fhirUser] as const));
  const roles = new Map<string, string>();
  for (const [id, fhirUser] of pairs) if (!roles.has(id)) roles.set(id, fhirUser);
  return roles;
}

async function readPatient(perform: Perform, caller: Caller, id: string): Promise<PatientSummary | undefined> {
  try {
    const { stored } = await perform({ code: 'read', resourceType: 'Patient', id }, caller);
    return stored && toSummary(JSON.parse(stored.body) as Patient);
  } catch (error) {
    if (error instanceof FhirError && error.status < 500) return undefined;
    throw error;
  }
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
