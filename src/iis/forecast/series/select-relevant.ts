/** Which series of an antigen concern the patient (CDSi logic specification 5.1, Tables 5-4 and 5-5). */
import { isWithinAges } from '../organize-history.ts';
import type { Patient } from '../patient.ts';
import type { AntigenSchedule, AntigenSeries, Indication } from '../supporting-data.ts';

export const selectRelevantSeries = ({ series }: AntigenSchedule, patient: Patient): readonly AntigenSeries[] =>
  series.filter((entry) => isRelevant(entry, patient));

/**
 * Of the relevant series of an antigen of which no dose was given, those that can become the best: beside the default of
 * its group no standard series is scorable, and one for evaluation only isn't complete (8.1, SELECTSCORE-2). Not walking
 * the others halves the work.
 */
export function selectStartableSeries(relevant: readonly AntigenSeries[]): readonly AntigenSeries[] {
  const defaults = new Set(relevant.filter(({ isDefault }) => isDefault).map(({ group }) => group));
  return relevant.filter(
    ({ type, isDefault, group }) => type === 'risk' || isDefault || (type === 'standard' && !defaults.has(group)),
  );
}

function isRelevant({ requiredGenders, type, indications }: AntigenSeries, patient: Patient): boolean {
  const { observations, gender } = patient;
  if (requiredGenders.size > 0 && !requiredGenders.has(gender)) return false;
  if (type !== 'risk') return true;
  return observations.size > 0 && indications.some((indication) => applies(indication, patient));
}

/** An observation that isn't recorded counts as absent: a risk series needs an indication that surely applies. */
export function applies(indication: Indication, { observations, assessmentDate, birthDate }: Patient): boolean {
  return observations.has(indication.code) && isWithinAges(assessmentDate, birthDate, indication);
}
