/** The one series of a group that leads on, where the choice needs no points (CDSi logic specification 8.2, 8.3, 8.7). */
import type { Patient } from '../patient.ts';
import type { PatientSeries } from './patient-series.ts';
import { preFilter } from './pre-filter.ts';
import { scoreComplete, scoreInProcess, scoreNoValidDoses } from './score.ts';

/** A prioritized series and why it is. */
export interface Prioritized {
  readonly patientSeries: PatientSeries;
  readonly because: string;
}

export const isComplete = ({ forecast }: PatientSeries): boolean => forecast.status === 'complete';

/** SELECTB-16. */
const isInProcess = ({ forecast, validDoses }: PatientSeries): boolean =>
  validDoses > 0 && forecast.status === 'not-complete';

/** Undefined where the group has none: nothing to compare and no default. */
export function prioritize(group: readonly PatientSeries[], patient: Patient): Prioritized | undefined {
  const scorable = preFilter(group, patient);
  const defaultSeries = group.find(({ series }) => series.isDefault);
  return identifyOne(scorable, defaultSeries) ?? selectByScore(scorable, patient);
}

/** Table 8-3. */
function identifyOne(
  scorable: readonly PatientSeries[],
  defaultSeries: PatientSeries | undefined,
): Prioritized | undefined {
  const [only] = scorable;
  if (only === undefined) return prioritized(defaultSeries, 'the default series: none can be compared');
  if (scorable.length === 1) return prioritized(only, 'the only series that can be compared');
  const [complete, ...otherComplete] = scorable.filter(isComplete);
  if (complete) return otherComplete.length === 0 ? prioritized(complete, 'the only complete series') : undefined;
  const [inProcess, ...otherInProcess] = scorable.filter(isInProcess);
  if (inProcess) return otherInProcess.length === 0 ? prioritized(inProcess, 'the only series in process') : undefined;
  return prioritized(defaultSeries, 'the default series: none is complete or in process');
}

const prioritized = (patientSeries: PatientSeries | undefined, because: string): Prioritized | undefined =>
  patientSeries && { patientSeries, because };

/** Tables 8-5 and 8-13: the highest score, then the best preference. */
function selectByScore(scorable: readonly PatientSeries[], patient: Patient): Prioritized | undefined {
  const { entries, score, rule } = classify(scorable);
  const points = score(entries, patient);
  const ranked = entries
    .map((patientSeries, index) => ({ patientSeries, points: points[index] ?? 0 }))
    .toSorted((a, b) => b.points - a.points || byPreference(a.patientSeries, b.patientSeries));
  const [best] = ranked;
  return best && { patientSeries: best.patientSeries, because: `${rule}, ${best.points} points` };
}

function byPreference({ series: a }: PatientSeries, { series: b }: PatientSeries): number {
  if (a.preference !== b.preference) return a.preference - b.preference;
  return a.name < b.name ? -1 : 1;
}

/** Table 8-5. Where no row applies (all aged out, say) all are compared by their valid doses. */
function classify(scorable: readonly PatientSeries[]) {
  const complete = scorable.filter(isComplete);
  if (complete.length > 1) return { entries: complete, score: scoreComplete, rule: 'best of the complete series' };
  const inProcess = scorable.filter(isInProcess);
  if (inProcess.length > 1) return { entries: inProcess, score: scoreInProcess, rule: 'best of the series in process' };
  if (scorable.every(({ validDoses }) => validDoses === 0)) {
    return { entries: scorable, score: scoreNoValidDoses, rule: 'best of the series without a valid dose' };
  }
  return { entries: scorable, score: scoreComplete, rule: 'most valid doses' };
}
