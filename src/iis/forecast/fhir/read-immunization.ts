/** An Immunization resource as a vaccine dose administered (ImmDS 2.0.0, immds-immunization; CDSi 4.1). */
import type { JsonObject } from '../../../fhir/resource-content.ts';
import type { PartialDate, VaccineDoseAdministered } from '../patient.ts';
import { codingsOf, hasCode, objectOf, textOf } from './elements.ts';
import type { Problems } from './problem.ts';
import { readDate } from './read-date.ts';
import { CVX } from './systems.ts';

const CVX_OID = 'urn:oid:2.16.840.1.113883.12.292';
const MVX: ReadonlySet<string> = new Set(['http://hl7.org/fhir/sid/mvx', 'urn:oid:2.16.840.1.113883.12.227']);
const MVX_CODE = /^[A-Z]{2,4}$/;
const MILLILITRES: ReadonlySet<string> = new Set(['mL', 'ml', 'ML']);
/** A dose whose time is told in words only: it is reported, never evaluated. */
const NO_DATE: PartialDate = {};

const STATUSES: ReadonlySet<string> = new Set(['completed', 'entered-in-error', 'not-done']);

/**
 * Undefined where no dose was given: of another status than `completed`. What can't be understood is noted, and the dose
 * is kept as far as it can be told.
 * @param id the dose's name in the answer
 */
export function readImmunization(
  immunization: JsonObject,
  id: string,
  problems: Problems,
): VaccineDoseAdministered | undefined {
  const { status } = immunization;
  if (typeof status !== 'string' || !STATUSES.has(status)) {
    const why = 'status must be completed, entered-in-error or not-done.';
    problems.push({ expression: 'Immunization.status', why });
  }
  if (status !== 'completed') return undefined;
  return {
    id,
    cvx: cvxOf(immunization, problems),
    dateAdministered: occurrenceOf(immunization, problems),
    ...productOf(immunization),
    ...conditionOf(immunization),
  };
}

/** The CVX code among the codings: by its system, else nothing: codes of other systems look the same. */
export function cvxOf({ vaccineCode }: JsonObject, problems: Problems): string {
  if (objectOf(vaccineCode) === undefined) {
    problems.push({ expression: 'Immunization.vaccineCode', why: 'A dose needs a vaccineCode.' });
  }
  const coding = codingsOf(vaccineCode).find(({ system }) => system === CVX || system === CVX_OID);
  return coding?.code ?? '';
}

function occurrenceOf(
  { occurrenceDateTime, occurrenceString }: JsonObject,
  problems: Problems,
): VaccineDoseAdministered['dateAdministered'] {
  const date = typeof occurrenceDateTime === 'string' ? readDate(occurrenceDateTime) : undefined;
  if (date !== undefined) return date;
  if (occurrenceDateTime !== undefined) {
    problems.push({ expression: 'Immunization.occurrenceDateTime', why: 'occurrenceDateTime is no dateTime.' });
  } else if (typeof occurrenceString !== 'string') {
    problems.push({
      expression: 'Immunization.occurrence',
      why: 'A dose needs occurrenceDateTime or occurrenceString.',
    });
  }
  return NO_DATE;
}

function productOf(immunization: JsonObject): Pick<VaccineDoseAdministered, 'mvx' | 'volume'> {
  const mvx = mvxOf(objectOf(immunization['manufacturer']));
  const { value, unit, code } = objectOf(immunization['doseQuantity']) ?? {};
  const isMillilitres = [unit, code].some((entry) => typeof entry === 'string' && MILLILITRES.has(entry));
  return {
    ...(mvx === undefined ? {} : { mvx }),
    ...(typeof value === 'number' && isMillilitres ? { volume: value } : {}),
  };
}

/** From the manufacturer's identifier; where it names no system, or there is only a name, what looks like the code. */
function mvxOf(manufacturer: JsonObject | undefined): string | undefined {
  const { system, value } = objectOf(manufacturer?.['identifier']) ?? {};
  const isMvx = typeof system === 'string' && MVX.has(system);
  if (isMvx) return textOf(value)?.trim().toUpperCase();
  return [system === undefined ? value : undefined, manufacturer?.['display']]
    .flatMap((text) => textOf(text)?.trim() ?? [])
    .find((text) => MVX_CODE.test(text));
}

const RECALLED: ReadonlySet<string> = new Set(['recall']);
const BADLY_STORED: ReadonlySet<string> = new Set(['coldchainbreak', 'adversestorage']);

function conditionOf(immunization: JsonObject): Pick<VaccineDoseAdministered, 'condition' | 'lotExpirationDate'> {
  const expiration = textOf(immunization['expirationDate']);
  const lotExpirationDate = expiration === undefined ? undefined : readDate(expiration);
  const dated = lotExpirationDate === undefined ? {} : { lotExpirationDate };
  if (immunization['isSubpotent'] !== true) return dated;
  const reasons = Array.isArray(immunization['subpotentReason']) ? immunization['subpotentReason'] : [];
  if (reasons.some((reason) => hasCode(reason, RECALLED))) return { ...dated, condition: 'recalled' };
  if (reasons.some((reason) => hasCode(reason, BADLY_STORED))) return { ...dated, condition: 'adverse-storage' };
  return { ...dated, condition: 'subpotent' };
}
