/** One verdict on a dose from those in several antigens of a vaccine group (CDSi doesn't define it; docs/cdsi.md). */
import type { DoseEvaluation, EvaluationStatus } from '../series/patient-series.ts';

const WORST_FIRST: readonly EvaluationStatus[] = ['sub-standard', 'not-valid', 'extraneous', 'valid'];

/** The worst of the antigens in which the dose was evaluated; undefined where it was in none. */
export function doseVerdict(evaluations: readonly DoseEvaluation[]): DoseEvaluation | undefined {
  for (const status of WORST_FIRST) {
    const found = evaluations.find((evaluation) => evaluation.status === status);
    if (found) return found;
  }
  return undefined;
}
