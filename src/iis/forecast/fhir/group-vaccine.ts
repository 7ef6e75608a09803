/** The CVX code that stands for a vaccine group without naming a product (CDC, CVX to vaccine group; ImmDS 2.0.0). */
import { addDuration, type CalendarDate } from '../calendar.ts';
import type { Cvx, Schedule, VaccineGroup } from '../supporting-data.ts';

const GROUP_CVX: Readonly<Record<string, Cvx>> = {
  Chikungunya: '317',
  Cholera: '26',
  'COVID-19': '213',
  Dengue: '330',
  'DTaP/Tdap/Td': '107',
  Ebola: '214',
  HepA: '85',
  HepB: '45',
  Hib: '17',
  HPV: '137',
  Influenza: '88',
  'Japanese Encephalitis': '129',
  Meningococcal: '108',
  'Meningococcal B': '164',
  MMR: '03',
  Orthopoxvirus: '325',
  Pneumococcal: '109',
  Polio: '89',
  Rabies: '90',
  Rotavirus: '122',
  RSV: '304',
  TBE: '222',
  Typhoid: '91',
  Varicella: '21',
  'Yellow Fever': '184',
  Zoster: '188',
};

/** From seven years on the combination of diphtheria and tetanus is another vaccine than the one for children. */
const TD_FROM = { years: 7, months: 0, days: 0 };
const TD = '139';

/** Undefined of a group that is new and has no vaccine without a formulation. */
export function groupVaccine(
  { name, antigens }: VaccineGroup,
  at: { readonly birthDate: CalendarDate; readonly date: CalendarDate },
  { vaccines }: Schedule,
): Cvx | undefined {
  if (name === 'DTaP/Tdap/Td' && at.date >= addDuration(at.birthDate, TD_FROM)) return TD;
  const known = GROUP_CVX[name];
  if (known !== undefined) return known;
  const unspecified = [...vaccines.values()].find(
    (vaccine) =>
      /unspecified/i.test(vaccine.name) && vaccine.associations.every(({ antigen }) => antigens.includes(antigen)),
  );
  return unspecified?.cvx;
}
