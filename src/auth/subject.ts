/**
 * The person behind `fhirUser` (SMART App Launch 2.2, worked_example_id_token.html): what the registry knows about them
 * decides whose records are theirs. A right ends by its date alone, without anybody having to take it away.
 */
import { parseDate } from '../fhir/date.ts';
import { type LiteralReference, parseReference } from '../fhir/reference.ts';
import { isObject, type JsonObject } from '../fhir/resource-content.ts';
import type { Subject } from './principal.ts';

/** Where people are looked up, without regard to who asks. */
export interface Directory {
  /** Undefined where there is none, or no more. */
  read(reference: LiteralReference): Promise<JsonObject | undefined>;
  /** The Persons that link to the resource. */
  personsLinking(reference: LiteralReference): Promise<readonly JsonObject[]>;
}

/** Who someone is, and until when that is known not to change by itself: milliseconds since 1970. */
export interface KnownSubject {
  readonly subject: Subject | undefined;
  readonly until: number;
}

const NOBODY: KnownSubject = { subject: undefined, until: Number.POSITIVE_INFINITY };

/** @param fhirUser `Type/id`, or the same below the base URL; of another server it is nobody here. */
export async function findSubject(
  directory: Directory,
  { fhirUser, baseUrl, now }: { readonly fhirUser: string; readonly baseUrl: string; readonly now: number },
): Promise<KnownSubject> {
  const local = fhirUser.startsWith(`${baseUrl}/`) ? fhirUser.slice(baseUrl.length + 1) : fhirUser;
  const reference = parseReference(local);
  if (!reference || reference.versionId !== undefined) return NOBODY;
  const resource = await directory.read(reference);
  if (!resource || !isActive(resource)) return NOBODY;
  switch (reference.resourceType) {
    case 'Practitioner':
    case 'PractitionerRole':
      return { subject: { kind: 'staff' }, until: Number.POSITIVE_INFINITY };
    case 'Patient':
    case 'RelatedPerson':
      return individual(directory, [reference, ...(await linkedBy(directory, reference))], now);
    case 'Person':
      return personSubject(directory, linksOf(resource), now);
    default:
      return NOBODY;
  }
}

const isActive = (resource: JsonObject): boolean => resource['active'] !== false;

/** A Person who is linked to a Practitioner works here; else it is about the records they are linked to. */
async function personSubject(
  directory: Directory,
  links: readonly LiteralReference[],
  now: number,
): Promise<KnownSubject> {
  for (const link of links.filter(({ resourceType }) => resourceType === 'Practitioner')) {
    const practitioner = await directory.read(link);
    if (practitioner && isActive(practitioner)) return { subject: { kind: 'staff' }, until: Number.POSITIVE_INFINITY };
  }
  return individual(directory, links, now);
}

/** A person is the same in each of their RelatedPersons, one for every child: a Person says that they belong together. */
async function linkedBy(directory: Directory, reference: LiteralReference): Promise<readonly LiteralReference[]> {
  const persons = await directory.personsLinking(reference);
  return persons.filter(isActive).flatMap(linksOf);
}

function linksOf(person: JsonObject): readonly LiteralReference[] {
  const links = [person['link'] ?? []].flat().filter(isObject);
  return links.flatMap(({ target }) => referenceOf(target) ?? []);
}

const referenceOf = (value: unknown): LiteralReference | undefined =>
  isObject(value) && typeof value['reference'] === 'string' ? parseReference(value['reference']) : undefined;

/** A patient whose records someone may see, and when that begins or ends: half open, milliseconds since 1970. */
interface Right {
  readonly patient: string;
  readonly from: number;
  readonly to: number;
}

async function individual(
  directory: Directory,
  references: readonly LiteralReference[],
  now: number,
): Promise<KnownSubject> {
  const distinct = new Map(references.map((reference) => [`${reference.resourceType}/${reference.id}`, reference]));
  const rights = (await Promise.all([...distinct.values()].map((reference) => rightOf(directory, reference)))).flat();
  const patients = rights.filter(({ from, to }) => from <= now && now < to).map(({ patient }) => patient);
  const changes = rights.flatMap(({ from, to }) => [from, to]).filter((instant) => instant > now);
  return {
    subject: { kind: 'individual', patients: [...new Set(patients)].sort() },
    until: Math.min(Number.POSITIVE_INFINITY, ...changes),
  };
}

const ALWAYS = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

async function rightOf(directory: Directory, reference: LiteralReference): Promise<readonly Right[]> {
  const resource = await directory.read(reference);
  if (!resource || !isActive(resource)) return [];
  if (reference.resourceType === 'Patient') return [{ patient: reference.id, ...ALWAYS }];
  return reference.resourceType === 'RelatedPerson' ? rightToAct(directory, resource) : [];
}

/** What a RelatedPerson may act for: within its period, and as a parent until the child comes of age. */
async function rightToAct(directory: Directory, related: JsonObject): Promise<readonly Right[]> {
  const reference = referenceOf(related['patient']);
  const patient = reference?.resourceType === 'Patient' ? await directory.read(reference) : undefined;
  if (!reference || !patient || !isActive(patient)) return [];
  const period = isObject(related['period']) ? related['period'] : {};
  const from = boundary(period['start'], 'lo') ?? ALWAYS.from;
  const to = boundary(period['end'], 'hi') ?? ALWAYS.to;
  const ofAge = comesOfAge(patient);
  const endsWithAge = isParental(related) && from < ofAge;
  return [{ patient: reference.id, from, to: endsWithAge ? Math.min(to, ofAge) : to }];
}

/** A bound that is there but can't be read ends the right: it is not known to hold. */
function boundary(value: unknown, end: 'lo' | 'hi'): number | undefined {
  if (value === undefined) return undefined;
  const interval = typeof value === 'string' ? parseDate(value) : undefined;
  if (!interval) return end === 'lo' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return end === 'lo' ? interval.lo : interval.hi + 1;
}

/** HL7 v3 RoleCode: parents of every kind and guardians; who is not said to be anything counts as one. */
const PARENTAL = new Set([
  ...['PRN', 'PRNFOST', 'PRNINLAW', 'STPPRN', 'NPRN', 'ADOPTP', 'GESTM', 'GUARD'],
  ...['MTH', 'MTHFOST', 'NMTH', 'STPMTH', 'ADOPTM', 'FTH', 'FTHFOST', 'NFTH', 'STPFTH', 'ADOPTF'],
]);

function isParental(related: JsonObject): boolean {
  const concepts = [related['relationship'] ?? []].flat().filter(isObject);
  const codes = concepts.flatMap(({ coding }) => [coding ?? []].flat().filter(isObject)).map(({ code }) => code);
  return codes.length === 0 || codes.some((code) => typeof code === 'string' && PARENTAL.has(code));
}

const YEARS_OF_AGE = 18;

/** When the right of parents ends; a birth date that is not known to the year never brings it about. */
function comesOfAge(patient: JsonObject): number {
  const birthDate = typeof patient['birthDate'] === 'string' ? parseDate(patient['birthDate']) : undefined;
  if (!birthDate) return Number.POSITIVE_INFINITY;
  const birthday = new Date(birthDate.lo);
  return birthday.setUTCFullYear(birthday.getUTCFullYear() + YEARS_OF_AGE);
}
