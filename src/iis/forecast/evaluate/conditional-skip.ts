/** Can a target dose be skipped, when evaluating and when forecasting (CDSi logic specification 6.2, 7.1, 7.6). */
import { addDuration, type CalendarDate } from '../calendar.ts';
import { isInForce } from '../in-force.ts';
import { isWithinAges } from '../organize-history.ts';
import type { AdministeredDose } from '../patient.ts';
import { currentTargetDose, type SeriesWalk, skipTargetDose } from '../series/patient-series.ts';
import type { ConditionalSkip, DoseCount, SkipCondition, SkipSet } from '../supporting-data.ts';

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
  const target = currentTargetDose(walk);
  if (target === undefined) return undefined;
  for (const skip of target.conditionalSkips) {
    if (skip.context !== 'both' && skip.context !== question.context) continue;
    const met = metSet(skip, walk, question);
    if (met) return met.description;
  }
  return undefined;
}

function metSet({ sets, logic }: ConditionalSkip, walk: SeriesWalk, question: SkipQuestion): SkipSet | undefined {
  const holds = (set: SkipSet) => isInForce(set, question.anchorDate);
  if (logic === 'or') return sets.find((set) => holds(set) && isSetMet(set, walk, question));
  const isAllMet = sets.every((set) => !holds(set) || isSetMet(set, walk, question));
  return isAllMet ? sets.find(holds) : undefined;
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
      return [...condition.seriesGroups].some((group) => isCompletedGroup(group, walk, question));
    case 'interval': {
      const previous = walk.records.findLast(({ order }) => order < question.before);
      return previous !== undefined && question.referenceDate >= addDuration(previous.date, condition.interval);
    }
    case 'vaccine-count':
      return compareCount(countDoses(condition, walk, question.before), condition.count);
  }
}

/** While a dose is evaluated, a series that this or a later dose completes isn't complete yet. */
function isCompletedGroup(group: string, walk: SeriesWalk, { context, referenceDate }: SkipQuestion): boolean {
  const completed = walk.completedGroups.get(group);
  return completed !== undefined && (context === 'forecast' || completed < referenceDate);
}

function compareCount(count: number, { logic, than }: DoseCount): boolean {
  if (logic === 'equal-to') return count === than;
  return logic === 'greater-than' ? count > than : count < than;
}

type CountCondition = Extract<SkipCondition, { type: 'vaccine-count' }>;

/** CONDSKIP-1. */
function countDoses(condition: CountCondition, walk: SeriesWalk, before: number): number {
  return condition.count.doseType === 'valid'
    ? countValid(condition, walk, before)
    : countTotal(condition, walk, before);
}

function countValid(condition: CountCondition, walk: SeriesWalk, before: number): number {
  let count = 0;
  for (const { status, dose } of walk.evaluations) {
    if (status === 'valid' && dose.order < before && isCounted(dose, condition, walk)) count += 1;
  }
  return count;
}

/** A type that is listed counts whatever its antigen: a pertussis series asks how much Td was given. */
function countTotal(condition: CountCondition, walk: SeriesWalk, before: number): number {
  const doses = condition.count.vaccineTypes === undefined ? walk.records : walk.patient.doses;
  let count = 0;
  for (const dose of doses) if (dose.order < before && isCounted(dose, condition, walk)) count += 1;
  return count;
}

function isCounted(dose: AdministeredDose, condition: CountCondition, walk: SeriesWalk): boolean {
  const { vaccineTypes } = condition.count;
  if (vaccineTypes !== undefined && !vaccineTypes.has(dose.cvx)) return false;
  return isWithinDates(dose.date, condition) && isWithinAges(dose.date, walk.patient.birthDate, condition);
}

/** Start inclusive, end exclusive. */
const isWithinDates = (date: CalendarDate, { startDate, endDate }: CountCondition): boolean =>
  date >= (startDate ?? date) && date < (endDate ?? date + 1);
