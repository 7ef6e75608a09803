/** A Patient resource as the forecast sees it: birth date, sex, country of birth (ImmDS 2.0.0, immds-patient). */
import type { JsonObject } from '../../../fhir/resource-content.ts';
import type { CalendarDate } from '../calendar.ts';
import type { Gender } from '../supporting-data.ts';
import { extensionsOf, objectOf, textOf } from './elements.ts';
import type { Problems } from './problem.ts';
import { readDate } from './read-date.ts';

export interface PatientFacts {
  readonly birthDate: CalendarDate;
  readonly gender: Gender;
  readonly birthCountry?: string;
}

const BIRTH_PLACE = 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace';
/** The one country that the schedule asks for, as people write it. */
const UNITED_STATES = /^(us|usa|u\.s\.|u\.s\.a\.|united states( of america)?)$/i;

/** Undefined, with the reason noted, where there is no birth date known to the day: ages can't be guessed. */
export function readPatient(patient: JsonObject, problems: Problems): PatientFacts | undefined {
  const gender = readGender(patient, problems);
  const birthDate = readBirthDate(patient, problems);
  const birthCountry = countryOf(patient);
  if (birthDate === undefined) return undefined;
  return { birthDate, gender, ...(birthCountry === undefined ? {} : { birthCountry }) };
}

function readGender({ gender }: JsonObject, problems: Problems): Gender {
  if (gender === 'male' || gender === 'female') return gender;
  if (gender !== undefined && gender !== 'other' && gender !== 'unknown') {
    problems.push({ expression: 'Patient.gender', why: 'gender must be male, female, other or unknown.' });
  }
  return 'unknown';
}

function readBirthDate({ birthDate }: JsonObject, problems: Problems): CalendarDate | undefined {
  const date = typeof birthDate === 'string' ? readDate(birthDate) : undefined;
  if (typeof date === 'number') return date;
  const isPartial = birthDate === undefined || date !== undefined;
  const why = isPartial ? 'A forecast needs a birth date that is known to the day.' : 'birthDate is no date.';
  problems.push({ expression: 'Patient.birthDate', why });
  return undefined;
}

/** As the supporting data spells it. */
function countryOf(patient: JsonObject): string | undefined {
  const [place] = extensionsOf(patient, BIRTH_PLACE);
  const country = textOf(objectOf(place?.['valueAddress'])?.['country'])?.trim();
  return country !== undefined && UNITED_STATES.test(country) ? 'U.S.' : country;
}

/** Whether nothing can be due any more: the person died, or this record was merged into another one. */
export function isClosedRecord(patient: JsonObject): boolean {
  const { deceasedBoolean, deceasedDateTime, link } = patient;
  if (deceasedBoolean === true || deceasedDateTime !== undefined) return true;
  return Array.isArray(link) && link.some((entry) => objectOf(entry)?.['type'] === 'replaced-by');
}
