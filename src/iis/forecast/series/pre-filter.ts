/** Which relevant series of a group can be compared at all (CDSi logic specification 8.1, SELECTB-24, SELECTSCORE-2). */
import { addDuration } from '../calendar.ts';
import type { Patient } from '../patient.ts';
import type { PatientSeries } from './patient-series.ts';

/** The scorable patient series among those of one series group. */
export function preFilter(group: readonly PatientSeries[], patient: Patient): readonly PatientSeries[] {
  const isAllContraindicated = group.every(isContraindicated);
  const candidates = group.filter((entry) => isAllContraindicated || !isContraindicated(entry));
  return candidates.filter((entry) => isScorable(entry, group, patient));
}

const isContraindicated = ({ forecast }: PatientSeries): boolean => forecast.status === 'contraindicated';

function isScorable(entry: PatientSeries, group: readonly PatientSeries[], patient: Patient): boolean {
  switch (entry.series.type) {
    case 'risk':
      return group.every(({ series }) => series.type !== 'risk' || entry.series.priority <= series.priority);
    case 'standard':
      return startedInTime(entry, patient) || isOpenField(group);
    case 'evaluation-only':
      return entry.forecast.status === 'complete';
  }
}

function startedInTime({ evaluations, series }: PatientSeries, { birthDate }: Patient): boolean {
  const first = evaluations.find(({ status }) => status === 'valid');
  if (first === undefined) return false;
  return series.maximumAgeToStart === undefined || first.dose.date < addDuration(birthDate, series.maximumAgeToStart);
}

/** No valid dose anywhere and no series that would stand for the group. */
const isOpenField = (group: readonly PatientSeries[]): boolean =>
  group.every(({ validDoses, series }) => validDoses === 0 && !series.isDefault);
