/** The best patient series of an antigen: one per series group, less those another one makes needless (CDSi 8.8). */
import type { Patient } from '../patient.ts';
import { isComplete } from './classify.ts';
import { type PatientSeries, seriesGroupsOf } from './patient-series.ts';
import { type Prioritized, prioritize } from './prioritize.ts';

/** @returns in the order of the series groups. */
export function selectBest(all: readonly PatientSeries[], patient: Patient): readonly Prioritized[] {
  const groups = seriesGroupsOf(all);
  const prioritized = groups.flatMap((group) => {
    const own = groups.length === 1 ? all : all.filter(({ series }) => series.group === group);
    return prioritize(own, patient) ?? [];
  });
  return prioritized.filter(({ patientSeries }) => isBest(patientSeries, prioritized));
}

/** Table 8-14. */
function isBest(entry: PatientSeries, prioritized: readonly Prioritized[]): boolean {
  if (isComplete(entry)) return true;
  const equivalent = prioritized
    .map(({ patientSeries }) => patientSeries)
    .filter((other) => other !== entry && entry.series.equivalentSeriesGroups.has(other.series.group));
  if (equivalent.some(isComplete) || entry.series.type === 'evaluation-only') return false;
  return entry.series.type === 'risk' || !equivalent.some(({ series }) => series.type === 'risk');
}
