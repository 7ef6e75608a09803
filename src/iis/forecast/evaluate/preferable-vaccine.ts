/** Was the dose one of the preferable vaccines (CDSi logic specification 6.8, Table 6-26). */
import { isWithinAges } from '../organize-history.ts';
import type { AdministeredDose, Patient } from '../patient.ts';
import type { PreferableVaccine, SeriesDose } from '../supporting-data.ts';

/** The row it is preferable by. Its volume is a remark, never a verdict. */
export function findPreferableVaccine(
  dose: AdministeredDose,
  target: SeriesDose,
  { birthDate }: Patient,
): PreferableVaccine | undefined {
  return target.preferableVaccines.find(
    (vaccine) =>
      vaccine.cvx === dose.cvx && isSameProduct(dose, vaccine) && isWithinAges(dose.date, birthDate, vaccine),
  );
}

/** Records rarely name the trade name; a code and its manufacturer then name the product. */
function isSameProduct({ given }: AdministeredDose, { tradeName, mvx }: PreferableVaccine): boolean {
  if (tradeName === undefined) return true;
  if (given.tradeName !== undefined) return given.tradeName.toLowerCase() === tradeName.toLowerCase();
  return given.mvx !== undefined && given.mvx === mvx;
}
