/** Evaluates an immunization history against one series: the loop over records and target doses (CDSi 4.4 as of 4.6). */
import type { AdministeredDose } from '../patient.ts';
import { currentTargetDose, type SeriesWalk } from '../series/patient-series.ts';
import { skipTargetDoses } from './conditional-skip.ts';
import { evaluateDoseCondition } from './dose-condition.ts';
import { evaluateAgainst } from './satisfy-target-dose.ts';

/** Evaluates every record of the walk, by date. */
export function evaluateSeries(walk: SeriesWalk): void {
  for (const dose of walk.records) evaluateRecord(dose, walk);
}

/** A target dose that is skipped uses up no record: the same one is held against the next target dose. */
function evaluateRecord(dose: AdministeredDose, walk: SeriesWalk): void {
  const { series, evaluations } = walk;
  const condition = evaluateDoseCondition(dose);
  if (condition) {
    evaluations.push({ dose, series, status: 'sub-standard', reasons: [condition] });
    return;
  }
  skipTargetDoses(walk, {
    context: 'evaluation',
    referenceDate: dose.date,
    anchorDate: dose.date,
    before: dose.order,
  });
  const target = currentTargetDose(walk);
  if (target === undefined) {
    const reasons = [{ code: 'series-already-complete', section: '4.4' }] as const;
    evaluations.push({ dose, series, status: 'extraneous', reasons });
    return;
  }
  const verdict = evaluateAgainst(target, dose, walk);
  evaluations.push({ dose, series, targetDoseNumber: target.number, ...verdict });
  if (verdict.status !== 'valid') return;
  walk.targetDoses.push({ status: 'satisfied', seriesDose: target, dose });
  // The copy of a recurring dose is the same series dose once more.
  if (!target.isRecurring) walk.next += 1;
}
