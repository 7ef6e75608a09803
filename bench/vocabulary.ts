/** Words that synthetic people are made of. Codes are CVX, NDC and HL7's own; lots, names and places are invented. */

export interface Vaccine {
  readonly cvx: string;
  readonly ndc: string;
  readonly display: string;
  readonly group: string;
  readonly manufacturer: string;
}

const vaccine = (
  ...[cvx, ndc, display, group, manufacturer]: readonly [string, string, string, string, string]
): Vaccine => ({ cvx, ndc, display, group, manufacturer });

export const VACCINES: readonly Vaccine[] = [
  vaccine('08', '00006-4981-01', 'Hep B, adolescent or pediatric', 'HepB', 'Merck and Co., Inc.'),
  vaccine('10', '49281-0860-10', 'IPV', 'Polio', 'Sanofi Pasteur'),
  vaccine('20', '49281-0286-10', 'DTaP', 'DTaP', 'Sanofi Pasteur'),
  vaccine('106', '49281-0286-01', 'DTaP, 5 pertussis antigens', 'DTaP', 'Sanofi Pasteur'),
  vaccine('110', '58160-0811-11', 'DTaP-Hep B-IPV', 'DTaP', 'GlaxoSmithKline'),
  vaccine('120', '49281-0510-05', 'DTaP-Hib-IPV', 'DTaP', 'Sanofi Pasteur'),
  vaccine('48', '49281-0545-03', 'Hib (PRP-T)', 'Hib', 'Sanofi Pasteur'),
  vaccine('133', '00005-1971-01', 'Pneumococcal conjugate PCV 13', 'PCV', 'Pfizer, Inc'),
  vaccine('03', '00006-4681-00', 'MMR', 'MMR', 'Merck and Co., Inc.'),
  vaccine('94', '00006-4171-00', 'MMRV', 'MMR', 'Merck and Co., Inc.'),
  vaccine('21', '00006-4827-00', 'Varicella', 'Varicella', 'Merck and Co., Inc.'),
  vaccine('83', '58160-0825-11', 'Hep A, ped/adol, 2 dose', 'HepA', 'GlaxoSmithKline'),
  vaccine('116', '00006-4047-41', 'Rotavirus, pentavalent', 'Rotavirus', 'Merck and Co., Inc.'),
  vaccine('119', '58160-0854-52', 'Rotavirus, monovalent', 'Rotavirus', 'GlaxoSmithKline'),
  vaccine('115', '49281-0400-10', 'Tdap', 'Tdap', 'Sanofi Pasteur'),
  vaccine('165', '00006-4119-03', 'HPV9', 'HPV', 'Merck and Co., Inc.'),
  vaccine('114', '49281-0589-05', 'Meningococcal MCV4P', 'MenACWY', 'Sanofi Pasteur'),
  vaccine('150', '49281-0415-10', 'Influenza, quadrivalent, preservative free', 'Influenza', 'Sanofi Pasteur'),
  vaccine('149', '66019-0306-10', 'Influenza, live, intranasal, quadrivalent', 'Influenza', 'MedImmune, LLC'),
  vaccine('208', '59267-1000-01', 'COVID-19, mRNA, 30 mcg/0.3 mL', 'COVID-19', 'Pfizer, Inc'),
];

export const FAMILY_STARTS = [
  ...(['Aber', 'Bel', 'Cal', 'Dun', 'Ed', 'Fair', 'Gar', 'Hol', 'Ing', 'Jar'] as const),
  ...(['Kel', 'Lan', 'Mar', 'Nor', 'Oak', 'Pem', 'Quin', 'Ros', 'Sel', 'Tor'] as const),
] as const;
export const FAMILY_ENDS = [
  ...(['bury', 'cott', 'dale', 'erson', 'field', 'grove', 'ham', 'ington', 'ley', 'man'] as const),
  ...(['ner', 'off', 'quist', 'ridge', 'sen', 'ton', 'vale', 'well', 'wood', 'ez'] as const),
] as const;
export const GIVEN = [
  'Ada',
  'Ben',
  'Cleo',
  'Dev',
  'Elif',
  'Femi',
  'Gus',
  'Hana',
  'Ines',
  'Joao',
  'Kai',
  'Lea',
] as const;
export const STREETS = ['Elm Street', 'Harbor Road', 'Mill Lane', 'Orchard Avenue', 'Quarry Hill Drive'] as const;
export const CITIES = ['Ashby', 'Brookvale', 'Carverton', 'Dunmoor', 'Eastfall', 'Fernhill'] as const;
export const LOTS = ['AC', 'DX', 'EU', 'FK', 'GM', 'HP', 'KT'] as const;
export const SITES = [
  ['LA', 'left arm'],
  ['RA', 'right arm'],
  ['LT', 'left thigh'],
  ['RT', 'right thigh'],
] as const;
export const ROUTES = [
  ['IM', 'Injection, intramuscular'],
  ['SC', 'Injection, subcutaneous'],
] as const;
