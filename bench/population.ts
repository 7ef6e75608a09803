/**
 * Synthetic people with ten doses each, the same in every run: a person is a function of its number, so whoever knows
 * the number knows the id, the name and the identifier (FHIR R4, patient.html, immunization.html).
 */
import type { Immunization, Patient } from '@medplum/fhirtypes';
import { type Draw, drawFrom } from './random.ts';
import { CITIES, FAMILY_ENDS, FAMILY_STARTS, GIVEN, LOTS, ROUTES, SITES, STREETS, VACCINES } from './vocabulary.ts';

export const DOSES = 10;
export const CVX = 'http://hl7.org/fhir/sid/cvx';
export const MRN = 'http://registry.example/mrn';
export const DOSE_SYSTEM = 'http://registry.example/dose';

/** When the first of them came into the registry, in milliseconds. */
const BEGAN = Date.UTC(2022, 0, 1);
const DAY = 86_400_000;

/** `lastUpdated` of the resource with this place in the order of arrival. */
export const arrivedAt = (sequence: number): Date => new Date(BEGAN + sequence * 10);

const sequenceOf = (person: number, dose?: number): number =>
  person * (DOSES + 1) + (dose === undefined ? 0 : dose + 1);

/** A time-ordered id as the server gives them (RFC 9562, version 7). */
function idAt(sequence: number): string {
  const draw = drawFrom(sequence);
  const hex = (digits: number) =>
    draw
      .below(16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  const time = arrivedAt(sequence).getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(6)}${hex(6)}`;
}

export const patientId = (person: number): string => idAt(sequenceOf(person));
export const immunizationId = (person: number, dose: number): string => idAt(sequenceOf(person, dose));
export const patientArrivedAt = (person: number): Date => arrivedAt(sequenceOf(person));
export const immunizationArrivedAt = (person: number, dose: number): Date => arrivedAt(sequenceOf(person, dose));

export const medicalRecordNumber = (person: number): string => `MRN${String(person).padStart(8, '0')}`;

const ofPerson = (person: number): Draw => drawFrom(1_000_003 + person);
const dayText = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** What searches know of a person. */
export interface Demographics {
  readonly family: string;
  readonly birthDate: string;
}

export function demographics(person: number): Demographics {
  const draw = ofPerson(person);
  const family = draw.oneOf(FAMILY_STARTS) + draw.oneOf(FAMILY_ENDS);
  return { family, birthDate: dayText(Date.UTC(2004, 0, 1) + draw.below(18 * 365) * DAY) };
}

export function patient(person: number): Patient {
  const draw = drawFrom(2_000_003 + person);
  const { family, birthDate } = demographics(person);
  return {
    resourceType: 'Patient',
    identifier: [
      {
        use: 'usual',
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
        system: MRN,
        value: medicalRecordNumber(person),
      },
    ],
    active: true,
    name: [{ use: 'official', family, given: [draw.oneOf(GIVEN), draw.oneOf(GIVEN)] }],
    telecom: [{ system: 'phone', use: 'home', value: `555-01${String(draw.below(100)).padStart(2, '0')}` }],
    gender: draw.oneOf(['female', 'male']),
    birthDate,
    address: [
      {
        use: 'home',
        line: [`${1 + draw.below(999)} ${draw.oneOf(STREETS)}`],
        city: draw.oneOf(CITIES),
        state: 'MA',
        postalCode: `0${1000 + draw.below(1800)}`,
        country: 'US',
      },
    ],
    managingOrganization: { reference: `Organization/clinic-${draw.below(40)}` },
  };
}

/** What a dose is called by the one who gave it. */
export const doseNumber = (person: number, dose: number): string => `D${sequenceOf(person, dose)}`;

/** The draw of a dose, with what was drawn first. */
function drawDose(person: number, dose: number) {
  const draw = drawFrom(3_000_017 + sequenceOf(person, dose));
  const vaccine = draw.oneOf(VACCINES);
  return { draw, vaccine, given: dayText(Date.UTC(2008, 0, 1) + draw.below(16 * 365) * DAY) };
}

/** What searches know of a dose: its CVX code and its day. */
export function factsOf(person: number, dose: number): { readonly code: string; readonly given: string } {
  const { vaccine, given } = drawDose(person, dose);
  return { code: vaccine.cvx, given };
}

/** @param subject a literal reference to the person. */
export function immunization(person: number, dose: number, subject: string): Immunization {
  const { draw, vaccine, given } = drawDose(person, dose);
  const clinic = draw.below(40);
  return {
    resourceType: 'Immunization',
    identifier: [{ system: DOSE_SYSTEM, value: doseNumber(person, dose) }],
    status: 'completed',
    vaccineCode: {
      coding: [
        { system: CVX, code: vaccine.cvx, display: vaccine.display },
        { system: 'http://hl7.org/fhir/sid/ndc', code: vaccine.ndc },
      ],
      text: vaccine.display,
    },
    patient: { reference: subject },
    occurrenceDateTime: given,
    recorded: `${given}T15:04:05Z`,
    primarySource: true,
    location: { reference: `Location/clinic-${clinic}` },
    manufacturer: { display: vaccine.manufacturer },
    lotNumber: `${draw.oneOf(LOTS)}${draw.below(500)}`,
    expirationDate: `${Number(given.slice(0, 4)) + 2}-06-30`,
    site: concept('http://terminology.hl7.org/CodeSystem/v3-ActSite', draw.oneOf(SITES)),
    route: concept('http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration', draw.oneOf(ROUTES)),
    doseQuantity: { value: 0.5, unit: 'mL', system: 'http://unitsofmeasure.org', code: 'mL' },
    performer: [
      {
        function: concept('http://terminology.hl7.org/CodeSystem/v2-0443', ['AP', 'Administering Provider']),
        actor: { reference: `Practitioner/nurse-${clinic}-${draw.below(8)}` },
      },
    ],
    fundingSource: concept('http://terminology.hl7.org/CodeSystem/immunization-funding-source', ['private', 'Private']),
    programEligibility: [
      concept('https://phinvads.cdc.gov/baseline/2.16.840.1.114222.4.11.3249', ['V01', 'Not VFC eligible']),
    ],
    protocolApplied: [
      { series: vaccine.group, targetDisease: [{ text: vaccine.group }], doseNumberPositiveInt: 1 + draw.below(4) },
    ],
  };
}

const concept = (system: string, [code, display]: readonly [string, string]) => ({
  coding: [{ system, code, display }],
});
