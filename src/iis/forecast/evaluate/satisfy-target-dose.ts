/** Does a dose satisfy a target dose: the verdict from all components (CDSi logic specification 6.3 to 6.10, Table 6-31). */
import type { AdministeredDose } from '../patient.ts';
import type { EvaluationReason, EvaluationStatus, SeriesWalk } from '../series/patient-series.ts';
import type { SeriesDose } from '../supporting-data.ts';
import { evaluateAge } from './age.ts';
import { keepsAllowableIntervals } from './allowable-interval.ts';
import { isAllowableVaccine } from './allowable-vaccine.ts';
import { evaluateInadvertentVaccine } from './inadvertent-vaccine.ts';
import { evaluatePreferableInterval } from './preferable-interval.ts';
import { findPreferableVaccine } from './preferable-vaccine.ts';
import { evaluateVaccineConflict } from './vaccine-conflict.ts';

export interface Verdict {
  readonly status: EvaluationStatus;
  /** In the order of the components: the first that isn't a remark is the one CDC's test cases name. */
  readonly reasons: readonly EvaluationReason[];
}

/** What doesn't make a dose invalid. */
const REMARKS: ReadonlySet<string> = new Set(['grace-period', 'less-than-recommended-volume']);

export function evaluateAgainst(target: SeriesDose, dose: AdministeredDose, walk: SeriesWalk): Verdict {
  const inadvertent = evaluateInadvertentVaccine(dose, target);
  if (inadvertent) return { status: 'not-valid', reasons: [inadvertent] };
  const reasons = [
    evaluateAge(dose, target, walk.patient),
    evaluateInterval(dose, target, walk),
    evaluateVaccineConflict(dose, walk),
    evaluateVaccine(dose, target, walk),
  ].filter((reason) => reason !== undefined);
  return { status: statusOf(reasons), reasons };
}

/** The rows of Table 6-31 overlap; too old comes first. */
function statusOf(reasons: readonly EvaluationReason[]): EvaluationStatus {
  if (reasons.some(({ code }) => code === 'too-old')) return 'extraneous';
  return reasons.every(({ code }) => REMARKS.has(code)) ? 'valid' : 'not-valid';
}

function evaluateInterval(dose: AdministeredDose, target: SeriesDose, walk: SeriesWalk): EvaluationReason | undefined {
  const outcome = evaluatePreferableInterval(dose, target, walk);
  return outcome?.code === 'too-soon' && keepsAllowableIntervals(dose, target, walk) ? undefined : outcome;
}

function evaluateVaccine(dose: AdministeredDose, target: SeriesDose, walk: SeriesWalk): EvaluationReason | undefined {
  const preferable = findPreferableVaccine(dose, target, walk.patient);
  if (preferable === undefined) {
    const isAllowable = isAllowableVaccine(dose, target, walk.patient);
    return isAllowable ? undefined : { code: 'not-preferable-or-allowable', section: '6.9' };
  }
  const isLess = (dose.given.volume ?? Number.POSITIVE_INFINITY) < (preferable.volume ?? 0);
  return isLess ? { code: 'less-than-recommended-volume', section: '6.8' } : undefined;
}
