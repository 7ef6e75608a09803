/** Is the patient immune already, by history or by birth date (CDSi logic specification 7.2, Table 7-3). */
import { formatCalendarDate } from '../calendar.ts';
import type { Patient } from '../patient.ts';
import type { AntigenSchedule, BirthDateImmunity } from '../supporting-data.ts';

/** What shows it, in words; undefined where nothing does. */
export function findEvidenceOfImmunity(
  { immunityCodes, birthDateImmunity }: AntigenSchedule,
  patient: Patient,
): string | undefined {
  for (const code of immunityCodes) if (patient.observations.has(code)) return `observation ${code}`;
  const byBirth = birthDateImmunity.find((rule) => isImmuneByBirth(rule, patient));
  return byBirth && `born before ${formatCalendarDate(byBirth.bornBefore)}`;
}

function isImmuneByBirth({ bornBefore, birthCountry, exclusions }: BirthDateImmunity, patient: Patient): boolean {
  if (patient.birthDate >= bornBefore) return false;
  if (birthCountry !== undefined && birthCountry !== patient.birthCountry) return false;
  return ![...exclusions].some((code) => patient.observations.has(code));
}
