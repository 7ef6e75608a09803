/** The one series that leads in its group: superior to the others, or the best by points (CDSi logic specification 8.2, 8.7). */
import type { Patient } from '../patient.ts';
import { classify, isComplete, isInProcess } from './classify.ts';
import type { PatientSeries } from './patient-series.ts';
import { preFilter } from './pre-filter.ts';

/** A prioritized series and why it is. */
export interface Prioritized {
  readonly patientSeries: PatientSeries;
  readonly because: string;
}

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

/** Table 8-13: the highest score, then the best preference. */
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
