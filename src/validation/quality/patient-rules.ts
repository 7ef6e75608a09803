/** Who it is about: rules DQ-060 to DQ-078 (docs/profiles.md). */
import type { JsonObject } from '../../fhir/resource-content.ts';
import { dateOf, monthsBetween, objectsOf, textOf } from './content.ts';
import { doubtful, invalid, noted, type QualityRule } from './fault.ts';

export interface PatientSubject {
  readonly json: JsonObject;
  /** Milliseconds since 1970. */
  readonly now: number;
}

type Rule = QualityRule<PatientSubject>;

const SKEW = 14 * 3_600_000;
const OLDEST_MONTHS = 120 * 12;
const CHILD_MONTHS = 18 * 12;

/** Names that stand for none, or are of tests. */
const PLACEHOLDERS =
  /^(?:baby|baby ?boy|baby ?girl|boy|girl|infant|newborn|twin[ab]?|unknown|unk|none|no name|nfn|nln|na|n\/a|test|tester|testing|xxx+|mickey|donald|fake|patient|anonymous)$/i;
const WHOLE_PLACEHOLDERS =
  /^(?:baby (?:boy|girl)|mickey mouse|donald duck|(?:john|jane) doe|test (?:patient|test)|test)$/i;

const given = (name: JsonObject): readonly string[] =>
  Array.isArray(name['given']) ? name['given'].flatMap((one) => textOf(one) ?? []) : [];

const nameMissing: Rule = ({ json }) => {
  const names = objectsOf(json['name']);
  const isNamed = names.some((name) => textOf(name['family']) !== undefined && given(name).length > 0);
  if (isNamed || names.some((name) => textOf(name['text']) !== undefined)) return undefined;
  return invalid({
    id: 'DQ-060',
    element: 'name',
    message: 'A first and a last name are needed to find the record again.',
  });
};

const isPlaceholder = (name: JsonObject): boolean => {
  const [first = ''] = given(name);
  const family = textOf(name['family']) ?? '';
  return (
    PLACEHOLDERS.test(first.trim()) ||
    PLACEHOLDERS.test(family.trim()) ||
    WHOLE_PLACEHOLDERS.test(`${first} ${family}`.trim())
  );
};

const placeholderName: Rule = ({ json }) => {
  const at = objectsOf(json['name']).findIndex(isPlaceholder);
  return at < 0
    ? undefined
    : doubtful({
        id: 'DQ-061',
        element: `name[${at}]`,
        message: 'The name seems to stand for one that is not known, or for a test.',
      });
};

const middleInitial: Rule = ({ json }) => {
  const at = objectsOf(json['name']).findIndex((name) => /^\S{2,} [A-Z]\.?$/.test(given(name)[0] ?? ''));
  const message = 'The first given name has an initial in it: write that as a given name of its own.';
  return at < 0 ? undefined : noted({ id: 'DQ-062', element: `name[${at}].given`, message });
};

const oddCharacters: Rule = ({ json }) => {
  const isOdd = (text: string | undefined): boolean => /[0-9!@#$%^*_=+<>?~|\\]/.test(text ?? '');
  const at = objectsOf(json['name']).findIndex((name) => isOdd(textOf(name['family'])) || given(name).some(isOdd));
  const message = 'A name has digits or symbols in it.';
  return at < 0 ? undefined : doubtful({ id: 'DQ-063', element: `name[${at}]`, message });
};

const birthDate: Rule = ({ json, now }) => {
  const words = { id: 'DQ-064', element: 'birthDate' } as const;
  const birth = dateOf(json['birthDate']);
  if (!birth) return invalid({ ...words, message: 'The date of birth is missing.' });
  if (birth.lo > now + SKEW) return invalid({ ...words, message: 'The date of birth is in the future.' });
  const death = dateOf(json['deceasedDateTime']);
  const end = death ?? { ...birth, localLo: now, localHi: now };
  if (monthsBetween(birth, end).least > OLDEST_MONTHS) {
    return invalid({ ...words, message: 'The date of birth makes the patient older than 120 years.' });
  }
  return undefined;
};

const deathBeforeBirth: Rule = ({ json }) => {
  const [birth, death] = [dateOf(json['birthDate']), dateOf(json['deceasedDateTime'])];
  return birth && death && death.localHi < birth.localLo
    ? invalid({ id: 'DQ-064', element: 'deceased', message: 'The patient died before being born: check both dates.' })
    : undefined;
};

const genderMissing: Rule = ({ json }) =>
  json['gender'] === undefined
    ? doubtful({ id: 'DQ-066', element: 'gender', message: 'The sex is missing.' })
    : undefined;

const RACE = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race';
const ETHNICITY = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity';

const raceMissing: Rule = ({ json }) => {
  const urls = new Set(objectsOf(json['extension']).map(({ url }) => url));
  return urls.has(RACE) && urls.has(ETHNICITY)
    ? undefined
    : noted({ id: 'DQ-067', element: 'extension', message: 'Race or ethnicity is missing (US Core extensions).' });
};

const addressMissing: Rule = ({ json }) => {
  const addresses = objectsOf(json['address']);
  if (addresses.length === 0) return doubtful({ id: 'DQ-068', element: 'address', message: 'The address is missing.' });
  const at = addresses.findIndex((one) => one['city'] === undefined && one['text'] === undefined);
  return at < 0
    ? undefined
    : doubtful({ id: 'DQ-068', element: `address[${at}]`, message: 'The address has no city.' });
};

/** Ten digits of North America: area and exchange begin with 2 to 9, and 555 is no exchange. */
function isImpossiblePhone(value: string): boolean {
  const digits = value.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '');
  if (value.trim().startsWith('+') && !value.trim().startsWith('+1')) return false;
  return (
    digits.length === 10 &&
    (!/^[2-9]\d\d[2-9]/.test(digits) || /^\d{3}55501/.test(digits) || /^(\d)\1{9}$/.test(digits))
  );
}

const phone: Rule = ({ json }) => {
  const telecoms = objectsOf(json['telecom']);
  if (!telecoms.some(({ system }) => system === 'phone' || system === 'sms')) {
    return doubtful({ id: 'DQ-070', element: 'telecom', message: 'The phone number is missing.' });
  }
  const at = telecoms.findIndex(
    ({ system, value }) => (system === 'phone' || system === 'sms') && isImpossiblePhone(textOf(value) ?? ''),
  );
  const message = 'The phone number can’t be one.';
  return at < 0 ? undefined : doubtful({ id: 'DQ-070', element: `telecom[${at}].value`, message });
};

const emailMissing: Rule = ({ json }) =>
  objectsOf(json['telecom']).some(({ system }) => system === 'email')
    ? undefined
    : noted({ id: 'DQ-071', element: 'telecom', message: 'The e-mail address is missing.' });

const nextOfKinMissing: Rule = ({ json, now }) => {
  const birth = dateOf(json['birthDate']);
  if (!birth || objectsOf(json['contact']).length > 0) return undefined;
  const isChild = monthsBetween(birth, { ...birth, localLo: now, localHi: now }).most < CHILD_MONTHS;
  const message = 'A child needs a person to be reached: a parent or guardian.';
  return isChild ? doubtful({ id: 'DQ-072', element: 'contact', message }) : undefined;
};

const MAIDEN_NAME = 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName';

const maidenNameMissing: Rule = ({ json }) =>
  objectsOf(json['extension']).some(({ url }) => url === MAIDEN_NAME)
    ? undefined
    : noted({
        id: 'DQ-073',
        element: 'extension',
        message: 'The mother’s maiden name, by which records are matched, is missing.',
      });

const birthOrder: Rule = ({ json }) => {
  const message = 'The patient is of a multiple birth: give the order (multipleBirthInteger, from 1).';
  const isWithout = json['multipleBirthBoolean'] === true || json['multipleBirthInteger'] === 0;
  return isWithout ? doubtful({ id: 'DQ-074', element: 'multipleBirth', message }) : undefined;
};

const authorityMissing: Rule = ({ json }) => {
  const at = objectsOf(json['identifier']).findIndex(
    ({ system, value }) => value !== undefined && system === undefined,
  );
  const message = 'The identifier does not say who gave it: add a system.';
  return at < 0 ? undefined : doubtful({ id: 'DQ-077', element: `identifier[${at}]`, message });
};

const SSN = new Set(['http://hl7.org/fhir/sid/us-ssn', 'urn:oid:2.16.840.1.113883.4.1']);

const socialSecurityNumber: Rule = ({ json }) => {
  const at = objectsOf(json['identifier']).findIndex(
    ({ system, value }) =>
      typeof system === 'string' &&
      SSN.has(system) &&
      !/^(?!000|666|9)\d{3}-?(?!00)\d{2}-?(?!0000)\d{4}$/.test(textOf(value) ?? ''),
  );
  const message = 'The Social Security number can’t be one.';
  return at < 0 ? undefined : doubtful({ id: 'DQ-078', element: `identifier[${at}].value`, message });
};

export const patientRules: readonly Rule[] = [
  nameMissing,
  placeholderName,
  middleInitial,
  oddCharacters,
  birthDate,
  deathBeforeBirth,
  genderMissing,
  raceMissing,
  addressMissing,
  phone,
  emailMissing,
  nextOfKinMissing,
  maidenNameMissing,
  birthOrder,
  authorityMissing,
  socialSecurityNumber,
];
