/** A dose of a test case as an Immunization (US Core 6.1.0, us-core-immunization; HL7 tables 0064, 0162, 0163). */

import type { CodeableConcept, Immunization, Patient } from '@medplum/fhirtypes';
import { absent, ageInYears, concept, referenceTo, usCore } from './concepts.ts';
import { type Draw, demonstrationId, drawFor } from './draw.ts';
import { markedMeta } from './mark.ts';
import { subjectOf } from './patient.ts';
import type { Clinic, ReferenceTables, Vaccine } from './reference-tables.ts';
import type { CaseDose, TestCase } from './test-cases.ts';

/** A dose that was given: its slot in the workbook is filled. */
export interface GivenDose extends CaseDose {
  readonly dateAdministered: string;
  readonly cvx: string;
}

/** Whether the slot of the workbook holds a dose. */
export const isGiven = (dose: CaseDose): dose is GivenDose => dose.dateAdministered !== null && dose.cvx !== null;

export interface DoseContext {
  readonly testCase: TestCase;
  readonly patient: Patient;
  readonly clinic: Clinic;
  readonly tables: ReferenceTables;
}

/** The record of a dose; vaccine, manufacturer and date are the case's own, how it was given is invented. */
export function buildImmunization(dose: GivenDose, context: DoseContext): Immunization {
  const { testCase, patient, tables } = context;
  const subject = `${subjectOf(testCase)}/dose/${dose.number}`;
  const vaccine = tables.vaccines.get(dose.cvx) ?? { cvx: dose.cvx, display: dose.vaccineName ?? dose.cvx };
  return {
    resourceType: 'Immunization',
    id: demonstrationId(subject),
    meta: markedMeta({ profile: [usCore('immunization')] }),
    status: 'completed',
    vaccineCode: vaccineCode(vaccine, dose),
    patient: referenceTo(patient),
    occurrenceDateTime: dose.dateAdministered,
    ...manufacturer(dose, tables),
    ...(isHistorical(vaccine) ? historical(drawFor(subject)) : administered(dose, vaccine, context)),
  };
}

function vaccineCode({ cvx, display }: Vaccine, { vaccineName }: GivenDose): CodeableConcept {
  return { ...concept('http://hl7.org/fhir/sid/cvx', cvx, display), text: vaccineName ?? display };
}

function manufacturer({ mvx }: GivenDose, { manufacturers }: ReferenceTables): Pick<Immunization, 'manufacturer'> {
  if (mvx === null) return {};
  const identifier = { system: 'http://hl7.org/fhir/sid/mvx', value: mvx };
  return { manufacturer: { identifier, display: manufacturers.get(mvx) ?? mvx } };
}

/** A clinic knows what it gives: a code for no product, or for one of another country, comes from an older record. */
const isHistorical = ({ unspecified, cvx, display }: Vaccine): boolean =>
  unspecified === true || display.includes('non-US') || display.includes('Non-US') || (cvx >= '500' && cvx < '600');

const ORIGINS: readonly (readonly [code: string, display: string])[] = [
  ['02', 'Historical information - from other provider'],
  ['03', 'Historical information - from parent written record'],
  ['05', 'Historical information - from other registry'],
  ['07', 'Historical information - from school record'],
];

function historical(draw: Draw): Partial<Immunization> {
  if (draw.chance('source unknown', 0.05)) return { _primarySource: absent('unknown') } as Partial<Immunization>;
  const reportOrigin = concept('urn:oid:2.16.840.1.114222.4.5.293', ...draw.oneOf('origin', ORIGINS));
  return { primarySource: false, reportOrigin };
}

function administered(dose: GivenDose, vaccine: Vaccine, { testCase, clinic }: DoseContext): Partial<Immunization> {
  const draw = drawFor(`${subjectOf(testCase)}/dose/${dose.number}`);
  const age = ageInYears(testCase.dob, dose.dateAdministered);
  const { practitioner, location } = clinic.role;
  const giver = concept('http://terminology.hl7.org/CodeSystem/v2-0443', 'AP', 'Administering Provider');
  return {
    recorded: dose.dateAdministered,
    primarySource: true,
    ...(location?.[0] ? { location: location[0] } : {}),
    lotNumber: lotNumber(dose.mvx, draw),
    expirationDate: `${Number(dose.dateAdministered.slice(0, 4)) + 1}-${dose.dateAdministered.slice(5, 7)}-28`,
    ...routeAndSite(vaccine.route, age, draw),
    ...(practitioner ? { performer: [{ function: giver, actor: practitioner }] } : {}),
    ...(draw.chance('eligibility is known', 0.8) ? eligibility(age, draw) : {}),
  };
}

/** Lot numbers in the form that the manufacturer uses where that is known. */
function lotNumber(mvx: string | null, draw: Draw): string {
  const letter = (label: string) => draw.oneOf(label, [...'ABCDEFGHJKLMNPRSTUVWXY']);
  const digits = (count: number) => String(draw.number('lot', 10 ** count)).padStart(count, '0');
  if (mvx === 'PMC') return `${letter('1')}${letter('2')}${digits(3)}${letter('3')}${letter('4')}`;
  if (mvx === 'SKB') return `${draw.oneOf('1', ['M', 'X'])}${digits(5)}`;
  return `${letter('1')}${digits(6)}`;
}

const ROUTES: Readonly<Record<string, string>> = {
  IM: 'Intramuscular',
  SC: 'Subcutaneous',
  ID: 'Intradermal',
  NS: 'Nasal',
  PO: 'Oral',
};

type Site = readonly [code: string, display: string];

const THIGHS: readonly Site[] = [
  ['LT', 'Left Thigh'],
  ['RT', 'Right Thigh'],
];
const DELTOIDS: readonly Site[] = [
  ['LD', 'Left Deltoid'],
  ['RD', 'Right Deltoid'],
];
const ARMS: readonly Site[] = [
  ['LA', 'Left Arm'],
  ['RA', 'Right Arm'],
];
const NARES: readonly Site[] = [['BN', 'Bilateral Nares']];

/** Where a vaccine goes by its route; infants get injections into the thigh. */
function sitesFor(route: string, age: number): readonly Site[] {
  if (route === 'NS') return NARES;
  if (route === 'PO') return [];
  if (age < 2 && route !== 'ID') return THIGHS;
  return route === 'IM' ? DELTOIDS : ARMS;
}

function routeAndSite(route: string | undefined, age: number, draw: Draw): Pick<Immunization, 'route' | 'site'> {
  if (route === undefined) return {};
  const sites = sitesFor(route, age);
  const coded = concept('http://terminology.hl7.org/CodeSystem/v2-0162', route, ROUTES[route] ?? route);
  if (sites.length === 0) return { route: coded };
  const [code, display] = draw.oneOf<Site>('site', sites);
  return { route: coded, site: concept('http://terminology.hl7.org/CodeSystem/v2-0163', code, display) };
}

const ELIGIBILITIES: readonly (readonly [code: string, display: string])[] = [
  ['V01', 'Not VFC eligible'],
  ['V01', 'Not VFC eligible'],
  ['V02', 'VFC eligible - Medicaid/Medicaid Managed Care'],
  ['V03', 'VFC eligible - Uninsured'],
  ['V04', 'VFC eligible - American Indian/Alaska native'],
];

/** Vaccines for Children ends at 19; who is not eligible is paid for privately. */
function eligibility(age: number, draw: Draw): Pick<Immunization, 'fundingSource' | 'programEligibility'> {
  const [code, display] = age < 19 ? draw.oneOf('eligibility', ELIGIBILITIES) : (['V01', 'Not VFC eligible'] as const);
  const [source, payer] = code === 'V01' ? (['PHC70', 'Private funds'] as const) : (['VXC51', 'Public VFC'] as const);
  return {
    programEligibility: [concept('http://terminology.hl7.org/CodeSystem/v2-0064', code, display)],
    fundingSource: concept('urn:oid:2.16.840.1.114222.4.5.274', source, payer),
  };
}
