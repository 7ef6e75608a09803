/** Can a target dose be skipped, when evaluating and when forecasting (CDSi logic specification 6.2, 7.1, 7.6). */
import { addDuration, type CalendarDate } from '../calendar.ts';
import { isInForce } from '../in-force.ts';
import { isWithinAges } from '../organize-history.ts';
import type { AdministeredDose } from '../patient.ts';
import { currentTargetDose, type SeriesWalk, skipTargetDose } from '../series/patient-series.ts';
import type { ConditionalSkip, DoseCount, SeriesDose, SkipCondition, SkipSet } from '../supporting-data.ts';

export interface SkipQuestion {
  readonly context: 'evaluation' | 'forecast';
  /** CONDSKIP-2: the date given, the assessment date, or the earliest date of a forecast that is validated. */
  readonly referenceDate: CalendarDate;
  /** What decides which sets are in force (3.3). */
  readonly anchorDate: CalendarDate;
  /** Only doses with a lower order count: while a dose is evaluated, those before it. */
  readonly before: number;
}

/** Passes over the current target doses that can be skipped, one after another. */
export function skipTargetDoses(walk: SeriesWalk, question: SkipQuestion): void {
  for (;;) {
    const because = reasonToSkip(walk, question);
    if (because === undefined) return;
    skipTargetDose(walk, because);
  }
}

/** Why the current target dose can be skipped, in CDC's words; undefined where it can't (Table 6-11). */
export function reasonToSkip(walk: SeriesWalk, question: SkipQuestion): string | undefined {
  const dose: SeriesDose | undefined = currentTargetDose(walk);
  for (const skip of dose?.conditionalSkips ?? []) {
    if (skip.context !== 'both' && skip.context !== question.context) continue;
    const met = metSet(skip, walk, question);
    if (met) return met.description;
  }
  return undefined;
}

function metSet({ sets, logic }: ConditionalSkip, walk: SeriesWalk, question: SkipQuestion): SkipSet | undefined {
  const inForce = sets.filter((set) => isInForce(set, question.anchorDate));
  if (logic === 'or') return inForce.find((set) => isSetMet(set, walk, question));
  return inForce.every((set) => isSetMet(set, walk, question)) ? inForce[0] : undefined;
}

/** Table 6-10. */
function isSetMet({ conditions, logic }: SkipSet, walk: SeriesWalk, question: SkipQuestion): boolean {
  const isMet = (condition: SkipCondition) => isConditionMet(condition, walk, question);
  return logic === 'and' ? conditions.every(isMet) : conditions.some(isMet);
}

/** Tables 6-6 to 6-9. */
function isConditionMet(condition: SkipCondition, walk: SeriesWalk, question: SkipQuestion): boolean {
  switch (condition.type) {
    case 'age':
      return isWithinAges(question.referenceDate, walk.patient.birthDate, condition);
    case 'completed-series':
      return [...condition.seriesGroups].some((group) => walk.completedGroups.has(group));
    case 'interval': {
      const previous = walk.records.findLast(({ order }) => order < question.before);
      return previous !== undefined && question.referenceDate >= addDuration(previous.date, condition.interval);
    }
    case 'vaccine-count':
      return compareCount(countDoses(condition, walk, question.before), condition.count);
  }
}

function compareCount(count: number, { logic, than }: DoseCount): boolean {
  if (logic === 'equal-to') return count === than;
  return logic === 'greater-than' ? count > than : count < than;
}

type CountCondition = Extract<SkipCondition, { type: 'vaccine-count' }>;

/** CONDSKIP-1. */
function countDoses(condition: CountCondition, walk: SeriesWalk, before: number): number {
  const isCounted = (dose: AdministeredDose) =>
    dose.order < before &&
    isWithinDates(dose.date, condition) &&
    isWithinAges(dose.date, walk.patient.birthDate, condition);
  return countable(condition.count, walk).reduce((count, dose) => (isCounted(dose) ? count + 1 : count), 0);
}

/** A type that is listed counts whatever its antigen: a pertussis series asks how many doses of Td were given. */
function countable({ doseType, vaccineTypes }: DoseCount, walk: SeriesWalk): readonly AdministeredDose[] {
  const valid = () => walk.evaluations.filter(({ status }) => status === 'valid').map(({ dose }) => dose);
  if (vaccineTypes === undefined) return doseType === 'valid' ? valid() : walk.records;
  return (doseType === 'valid' ? valid() : walk.patient.doses).filter(({ cvx }) => vaccineTypes.has(cvx));
}

/** Start inclusive, end exclusive. */
const isWithinDates = (date: CalendarDate, { startDate, endDate }: CountCondition): boolean =>
  date >= (startDate ?? date) && date < (endDate ?? date + 1);
