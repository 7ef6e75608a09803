/** How a dose was given, by whom, paid by whom, or why not: rules DQ-035 to DQ-047 (docs/profiles.md). */
import { codesOf, codesOfAll, dateOf, monthsBetween, objectOf, objectsOf } from './content.ts';
import { doubtful, invalid, noted, type QualityRule } from './fault.ts';
import type { Vaccination } from './vaccination.ts';

type Rule = QualityRule<Vaccination>;

const ELIGIBILITY: ReadonlySet<string> = new Set([
  'http://terminology.hl7.org/CodeSystem/v2-0064',
  'urn:oid:2.16.840.1.113883.12.64',
]);
const FUNDING: ReadonlySet<string> = new Set(['urn:oid:2.16.840.1.114222.4.5.274']);
const R4_FUNDING: ReadonlySet<string> = new Set(['http://terminology.hl7.org/CodeSystem/immunization-funding-source']);
const PUBLIC_STOCK: ReadonlySet<string> = new Set(['VXC50', 'VXC51', 'VXC52']);
/** Eligible for the programme for children (VFC). */
const VFC_ELIGIBLE: ReadonlySet<string> = new Set(['V02', 'V03', 'V04', 'V05']);
const ADULT_MONTHS = 19 * 12;

const volumeMissing: Rule = ({ json, isAdministered }) => {
  if (!isAdministered) return undefined;
  const { value } = objectOf(json['doseQuantity']);
  if (value === undefined)
    return doubtful({ id: 'DQ-035', element: 'doseQuantity', message: 'The volume is missing.' });
  const unit = objectOf(json['doseQuantity'])['code'] ?? objectOf(json['doseQuantity'])['unit'];
  const isPlausible = typeof value === 'number' && value > 0 && (unit !== 'mL' || value <= 5);
  const message = 'The volume is not one of a single dose of a vaccine.';
  return isPlausible ? undefined : doubtful({ id: 'DQ-035', element: 'doseQuantity', message });
};

const performerMissing: Rule = ({ json, isAdministered }) =>
  isAdministered && objectsOf(json['performer']).length === 0
    ? doubtful({ id: 'DQ-036', element: 'performer', message: 'Who gave the dose is missing.' })
    : undefined;

const locationMissing: Rule = ({ json, isAdministered }) =>
  isAdministered && json['location'] === undefined
    ? doubtful({ id: 'DQ-037', element: 'location', message: 'Where the dose was given is missing.' })
    : undefined;

/** Details that only who gives a dose has. */
const DETAILS = ['lotNumber', 'expirationDate', 'doseQuantity', 'site', 'route', 'performer'] as const;

const looksAdministered: Rule = ({ json, isHistorical }) => {
  if (!isHistorical || DETAILS.filter((name) => json[name] !== undefined).length < 5) return undefined;
  const message = 'The dose is said to be historical and has all details of one that was given here.';
  return doubtful({ id: 'DQ-039', element: 'primarySource', message });
};

const looksHistorical: Rule = ({ json, isAdministered }) => {
  if (!isAdministered) return undefined;
  if (json['reportOrigin'] !== undefined) {
    const message = 'The dose is said to be given by who reports it, and has an origin of a report of others.';
    return doubtful({ id: 'DQ-039', element: 'reportOrigin', message });
  }
  if (DETAILS.some((name) => json[name] !== undefined)) return undefined;
  const message = 'The dose is said to be given here and has no detail that says so (lot, site, route, performer).';
  return doubtful({ id: 'DQ-039', element: 'primarySource', message });
};

const originMissing: Rule = ({ json, isHistorical }) =>
  isHistorical && json['reportOrigin'] === undefined
    ? noted({
        id: 'DQ-040',
        element: 'reportOrigin',
        message: 'Where the report of a historical dose comes from is missing.',
      })
    : undefined;

const notGivenWithLot: Rule = ({ json, isNotDone }) =>
  isNotDone && (json['lotNumber'] !== undefined || json['doseQuantity'] !== undefined)
    ? doubtful({ id: 'DQ-041', element: 'status', message: 'A dose that was not given has a lot number or a volume.' })
    : undefined;

const refusalWithoutReason: Rule = ({ json, isNotDone }) =>
  isNotDone && json['statusReason'] === undefined
    ? doubtful({ id: 'DQ-042', element: 'statusReason', message: 'Why the dose was not given is missing.' })
    : undefined;

const partialWithoutReason: Rule = ({ json }) =>
  json['isSubpotent'] === true && objectsOf(json['subpotentReason']).length === 0
    ? noted({ id: 'DQ-043', element: 'subpotentReason', message: 'Why the dose was not a whole one is missing.' })
    : undefined;

const isPublicStock = ({ json }: Vaccination): boolean => {
  const { fundingSource } = json;
  return (
    codesOf(fundingSource, FUNDING).some((code) => PUBLIC_STOCK.has(code)) ||
    codesOf(fundingSource, R4_FUNDING).includes('public')
  );
};

const eligibilityMissing: Rule = (vaccination) =>
  vaccination.isAdministered && isPublicStock(vaccination) && vaccination.json['programEligibility'] === undefined
    ? doubtful({
        id: 'DQ-044',
        element: 'programEligibility',
        message: 'Public vaccine was given, and the eligibility is missing.',
      })
    : undefined;

const fundingConflict: Rule = ({ json, tables }) => {
  const sources = codesOf(json['fundingSource'], FUNDING);
  const eligibility = codesOfAll(json['programEligibility'], ELIGIBILITY).find((code) => tables.funding.has(code));
  const allowed = eligibility === undefined ? undefined : tables.funding.get(eligibility);
  if (!allowed || sources.length === 0 || sources.some((code) => allowed.includes(code))) return undefined;
  const message = `The source of funding does not go with the eligibility ${eligibility}.`;
  return doubtful({ id: 'DQ-045', element: 'fundingSource', message });
};

const adultInChildrensProgramme: Rule = ({ json, date, birth, isAdministered }) => {
  const isEligible = codesOfAll(json['programEligibility'], ELIGIBILITY).some((code) => VFC_ELIGIBLE.has(code));
  if (!isEligible || !isAdministered || !date || !birth) return undefined;
  if (monthsBetween(birth, date).least < ADULT_MONTHS) return undefined;
  const message = 'The programme for children (VFC) ends at 19 years of age.';
  return invalid({ id: 'DQ-046', element: 'programEligibility', message });
};

const leafletMissing: Rule = ({ json, isAdministered }) =>
  isAdministered && objectsOf(json['education']).length === 0
    ? noted({ id: 'DQ-047', element: 'education', message: 'Which information statement (VIS) was given is missing.' })
    : undefined;

const leafletDates: Rule = ({ json }) => {
  const isReversed = objectsOf(json['education']).some((one) => {
    const [published, given] = [dateOf(one['publicationDate']), dateOf(one['presentationDate'])];
    return published && given && given.localHi < published.localLo;
  });
  const message = 'An information statement was given before it was published.';
  return isReversed ? noted({ id: 'DQ-047', element: 'education', message }) : undefined;
};

export const recordRules: readonly Rule[] = [
  volumeMissing,
  performerMissing,
  locationMissing,
  looksAdministered,
  looksHistorical,
  originMissing,
  notGivenWithLot,
  refusalWithoutReason,
  partialWithoutReason,
  eligibilityMissing,
  fundingConflict,
  adultInChildrensProgramme,
  leafletMissing,
  leafletDates,
];
