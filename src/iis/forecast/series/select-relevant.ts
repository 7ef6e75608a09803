/** Which series of an antigen concern the patient (CDSi logic specification 5.1, Tables 5-4 and 5-5). */
import { isWithinAges } from '../organize-history.ts';
import type { Patient } from '../patient.ts';
import type { AntigenSchedule, AntigenSeries, Indication } from '../supporting-data.ts';

export const selectRelevantSeries = ({ series }: AntigenSchedule, patient: Patient): readonly AntigenSeries[] =>
  series.filter((entry) => isRelevant(entry, patient));

function isRelevant({ requiredGenders, type, indications }: AntigenSeries, patient: Patient): boolean {
  if (requiredGenders.size > 0 && !requiredGenders.has(patient.gender)) return false;
  return type !== 'risk' || indications.some((indication) => applies(indication, patient));
}

/** An observation that isn't recorded counts as absent: a risk series needs an indication that surely applies. */
export function applies(indication: Indication, { observations, assessmentDate, birthDate }: Patient): boolean {
  return observations.has(indication.code) && isWithinAges(assessmentDate, birthDate, indication);
}
