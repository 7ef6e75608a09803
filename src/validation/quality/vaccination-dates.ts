/** When a dose was given: rules DQ-001 to DQ-011 and DQ-031 (docs/profiles.md). */
import { dateOf, monthsBetween, objectOf, tableDate } from './content.ts';
import { doubtful, invalid, type QualityRule } from './fault.ts';
import type { Vaccination } from './vaccination.ts';

type Rule = QualityRule<Vaccination>;

/** Clocks of senders may be ahead by this much, in milliseconds. */
const SKEW = 2 * 3_600_000;
/** Where on earth it is tomorrow already, a date without a zone may be. */
const AHEAD = 14 * 3_600_000;

const dateMissing: Rule = ({ json, isCompleted }) =>
  isCompleted && !('occurrenceDateTime' in json)
    ? invalid({
        id: 'DQ-001',
        element: 'occurrence',
        message: 'The date of the dose is missing: give occurrenceDateTime.',
      })
    : undefined;

const inFuture: Rule = ({ date, now }) => {
  if (!date || date.lo <= now + (date.zoned ? SKEW : AHEAD)) return undefined;
  return invalid({ id: 'DQ-003', element: 'occurrence', message: 'The dose is dated in the future.' });
};

const beforeBirth: Rule = ({ date, birth }) =>
  date && birth && date.localHi < birth.localLo
    ? invalid({ id: 'DQ-004', element: 'occurrence', message: 'The dose is dated before the patient was born.' })
    : undefined;

const afterDeath: Rule = ({ date, patient }) => {
  const death = dateOf(patient?.['deceasedDateTime']);
  return date && death && date.localLo > death.localHi
    ? invalid({ id: 'DQ-005', element: 'occurrence', message: 'The dose is dated after the patient died.' })
    : undefined;
};

const afterEntry: Rule = ({ date, json }) => {
  const recorded = dateOf(json['recorded']);
  return date && recorded && date.localLo > recorded.localHi
    ? invalid({ id: 'DQ-006', element: 'occurrence', message: 'The dose is dated after it was recorded.' })
    : undefined;
};

const outsideLicence: Rule = ({ date, use, isCompleted }) => {
  if (!date || !use || !isCompleted) return undefined;
  const [first, last] = [tableDate(use.dateNotBefore), tableDate(use.dateNotAfter)];
  const isOutside = (first && date.localHi < first.localLo) || (last && date.localLo > last.localHi);
  if (!isOutside) return undefined;
  const span = spanOf(use.dateNotBefore, use.dateNotAfter);
  const message = `CVX ${use.cvx} was not in use on that date (${span}): check the date and the code.`;
  return doubtful({ id: 'DQ-007', element: 'occurrence', message });
};

const unexpectedDate: Rule = (vaccination) => {
  const { date, use, isCompleted } = vaccination;
  if (!date || !use || !isCompleted || outsideLicence(vaccination)) return undefined;
  const [first, last] = [tableDate(use.dateNotExpectedBefore), tableDate(use.dateNotExpectedAfter)];
  const isOutside = (first && date.localHi < first.localLo) || (last && date.localLo > last.localHi);
  if (!isOutside) return undefined;
  const span = spanOf(use.dateNotExpectedBefore, use.dateNotExpectedAfter);
  return doubtful({
    id: 'DQ-007',
    element: 'occurrence',
    message: `CVX ${use.cvx} is not expected on that date (${span}).`,
  });
};

function spanOf(first: string | undefined, last: string | undefined): string {
  if (first === undefined) return `until ${last}`;
  return last === undefined ? `since ${first}` : `${first} to ${last}`;
}

const impossibleAge: Rule = ({ date, birth, use, isCompleted }) => {
  if (!date || !birth || !use || !isCompleted || date.localHi < birth.localLo) return undefined;
  const { ageMonthsNotBefore: from = 0, ageMonthsNotAfter: to = Number.POSITIVE_INFINITY } = use;
  const { least, most } = monthsBetween(birth, date);
  if (most >= from && least <= to) return undefined;
  const message = `CVX ${use.cvx} is given at ${from} to ${to} months of age: check the code and both dates.`;
  return doubtful({ id: 'DQ-008', element: 'occurrence', message });
};

/** Hepatitis B, the antibodies against RSV, BCG. */
const GIVEN_AT_BIRTH: ReadonlySet<string> = new Set([
  '08',
  '19',
  '30',
  '42',
  '43',
  '44',
  '45',
  '93',
  '145',
  '189',
  '220',
  '306',
  '307',
  '315',
  '332',
]);

const onBirthDate: Rule = ({ date, birth, cvx, isCompleted }) => {
  if (!date || !birth || !isCompleted || cvx.length === 0) return undefined;
  const isDay = birth.localHi - birth.localLo < 86_400_000;
  const isSameDay = date.localLo >= birth.localLo && date.localHi <= birth.localHi;
  if (!isDay || !isSameDay || cvx.some((code) => GIVEN_AT_BIRTH.has(code))) return undefined;
  const message = 'The dose is dated on the day of birth, on which this vaccine is not given: check both dates.';
  return doubtful({ id: 'DQ-011', element: 'occurrence', message });
};

const afterExpiry: Rule = ({ date, json, isCompleted }) => {
  const expiry = dateOf(json['expirationDate']);
  return date && expiry && isCompleted && date.localLo > expiry.localHi
    ? doubtful({ id: 'DQ-031', element: 'expirationDate', message: 'The dose was given after its lot had expired.' })
    : undefined;
};

const expiryMissing: Rule = ({ json, isAdministered }) =>
  isAdministered && objectOf(json)['expirationDate'] === undefined
    ? {
        id: 'DQ-032',
        severity: 'information',
        element: 'expirationDate',
        message: 'The expiry date of the lot is missing.',
      }
    : undefined;

export const dateRules: readonly Rule[] = [
  dateMissing,
  inFuture,
  beforeBirth,
  afterDeath,
  afterEntry,
  outsideLicence,
  unexpectedDate,
  impossibleAge,
  onBirthDate,
  afterExpiry,
  expiryMissing,
];
