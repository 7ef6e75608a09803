/** Where a patient is on the way through a series, and which series are scored by which table (CDSi 8.3, Table 8-5). */
import type { PatientSeries } from './patient-series.ts';
import { type Score, scoreComplete, scoreInProcess, scoreNoValidDoses } from './score.ts';

/** SELECTB-6. */
export const isComplete = ({ forecast }: PatientSeries): boolean => forecast.status === 'complete';

/** SELECTB-16. */
export const isInProcess = ({ forecast, validDoses }: PatientSeries): boolean =>
  validDoses > 0 && forecast.status === 'not-complete';

/** The series that have a chance, and how they are compared. */
export interface Classified {
  readonly entries: readonly PatientSeries[];
  readonly score: Score;
  readonly rule: string;
}

/** Where no column applies (all aged out, say), all are compared by their valid doses. */
export function classify(scorable: readonly PatientSeries[]): Classified {
  const complete = scorable.filter(isComplete);
  if (complete.length > 1) return { entries: complete, score: scoreComplete, rule: 'best of the complete series' };
  const inProcess = scorable.filter(isInProcess);
  if (inProcess.length > 1) return { entries: inProcess, score: scoreInProcess, rule: 'best of the series in process' };
  if (scorable.every(({ validDoses }) => validDoses === 0)) {
    return { entries: scorable, score: scoreNoValidDoses, rule: 'best of the series without a valid dose' };
  }
  return { entries: scorable, score: scoreComplete, rule: 'most valid doses' };
}
