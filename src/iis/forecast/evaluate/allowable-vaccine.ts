/** Was the dose at least one of the allowable vaccines (CDSi logic specification 6.9, Table 6-29). */
import { isWithinAges } from '../organize-history.ts';
import type { AdministeredDose, Patient } from '../patient.ts';
import type { SeriesDose } from '../supporting-data.ts';

export const isAllowableVaccine = (dose: AdministeredDose, target: SeriesDose, { birthDate }: Patient): boolean =>
  target.allowableVaccines.some((vaccine) => vaccine.cvx === dose.cvx && isWithinAges(dose.date, birthDate, vaccine));
