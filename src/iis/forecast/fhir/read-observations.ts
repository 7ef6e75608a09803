/** Conditions, allergies and observations as the active observations of a patient (CDSi 4.1, 5.1, 7.2, 7.3). */
import type { JsonObject } from '../../../fhir/resource-content.ts';
import type { CalendarDate } from '../calendar.ts';
import type { ForecastInput } from '../patient.ts';
import type { ObservationCode } from '../supporting-data.ts';
import { type CodedObservations, observationsOf } from './coded-observations.ts';
import { hasCode, objectOf, objectsOf, textOf } from './elements.ts';
import { readDay } from './read-date.ts';

type Found = ForecastInput['observations'][number];

/** How records are read: by which codes, and as of which day. */
export interface Reading {
  readonly codes: CodedObservations;
  readonly assessmentDate: CalendarDate;
}

const ACTIVE: ReadonlySet<string> = new Set(['active', 'recurrence', 'relapse']);
/** What is only suspected counts as little as what was refuted. */
const NOT_ESTABLISHED: ReadonlySet<string> = new Set([
  'unconfirmed',
  'provisional',
  'differential',
  'refuted',
  'entered-in-error',
]);
const ESTABLISHED: ReadonlySet<string> = new Set(['final', 'amended', 'corrected']);
/** Negative, not detected, no, absent: SNOMED CT, HL7's interpretations and yes/no. */
const NEGATIVE: ReadonlySet<string> = new Set(['260385009', '260415000', '373067005', '2667000', 'NEG', 'ND', 'N']);

/** A condition that is over counts only where it shows immunity. */
export function readCondition(condition: JsonObject, { codes, assessmentDate }: Reading): readonly Found[] {
  const { clinicalStatus, verificationStatus, abatementDateTime } = condition;
  if (hasCode(verificationStatus, NOT_ESTABLISHED)) return [];
  const abated = readDay(textOf(abatementDateTime));
  const isOver =
    (clinicalStatus !== undefined && !hasCode(clinicalStatus, ACTIVE)) ||
    (abated !== undefined && abated <= assessmentDate);
  const onset = startOf(condition, ['onsetDateTime', 'onsetPeriod', 'recordedDate']);
  const found = observationsOf(condition['code'], codes).filter((code) => !isOver || codes.immunity.has(code));
  return dated(found, onset, assessmentDate);
}

/** An allergy to a vaccine or to one of its components; a reaction that is told to be mild isn't the severe one that counts. */
export function readAllergy(allergy: JsonObject, { codes, assessmentDate }: Reading): readonly Found[] {
  const { clinicalStatus, verificationStatus, criticality } = allergy;
  if (hasCode(verificationStatus, NOT_ESTABLISHED)) return [];
  if (clinicalStatus !== undefined && !hasCode(clinicalStatus, ACTIVE)) return [];
  const reactions = objectsOf(allergy['reaction']);
  const severities = reactions.flatMap(({ severity }) => textOf(severity) ?? []);
  if (criticality === 'low' || (severities.length > 0 && !severities.includes('severe'))) return [];
  const concepts = [allergy['code'], ...reactions.map(({ substance }) => substance)];
  const found = concepts.flatMap((concept) => observationsOf(concept, codes));
  return dated(found, startOf(allergy, ['onsetDateTime', 'onsetPeriod', 'recordedDate']), assessmentDate);
}

/** What was observed: the code where its value doesn't deny it, or the value where that is a code of the schedule's. */
export function readObservation(observation: JsonObject, { codes, assessmentDate }: Reading): readonly Found[] {
  const { status, code, valueCodeableConcept } = observation;
  if (typeof status !== 'string' || !ESTABLISHED.has(status) || isDenied(observation)) return [];
  const found = [...observationsOf(code, codes), ...observationsOf(valueCodeableConcept, codes)];
  return dated(
    found,
    startOf(observation, ['effectiveDateTime', 'effectivePeriod', 'effectiveInstant']),
    assessmentDate,
  );
}

function isDenied({ valueBoolean, valueCodeableConcept, interpretation, dataAbsentReason }: JsonObject): boolean {
  if (valueBoolean === false || dataAbsentReason !== undefined) return true;
  return hasCode(valueCodeableConcept, NEGATIVE) || objectsOf(interpretation).some((entry) => hasCode(entry, NEGATIVE));
}

/** The first of the elements that is there, a period by its start. */
function startOf(resource: JsonObject, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = textOf(resource[name]) ?? textOf(objectOf(resource[name])?.['start']);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** On the day, where it is known; what came after the day that is looked at isn't known yet. */
function dated(
  codes: readonly ObservationCode[],
  start: string | undefined,
  assessmentDate: CalendarDate,
): readonly Found[] {
  const date = readDay(start);
  if (date !== undefined && date > assessmentDate) return [];
  return [...new Set(codes)].map((code) => ({ code, ...(date === undefined ? {} : { date }) }));
}
