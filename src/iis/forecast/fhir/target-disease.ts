/** The disease that each of CDSi's antigens is against (ImmDS 2.0.0, ValueSet targetDisease; SNOMED CT). */
import { SNOMED } from './systems.ts';

const DISEASES: Readonly<Record<string, readonly [code: string, display: string]>> = {
  Chikungunya: ['111864006', 'Chikungunya fever'],
  Cholera: ['63650001', 'Cholera'],
  'COVID-19': ['840539006', 'Disease caused by severe acute respiratory syndrome coronavirus 2'],
  Dengue: ['38362002', 'Dengue'],
  Diphtheria: ['397430003', 'Diphtheria'],
  Ebola: ['37109004', 'Ebola virus disease'],
  HepA: ['40468003', 'Viral hepatitis, type A'],
  HepB: ['66071002', 'Type B viral hepatitis'],
  Hib: ['709410003', 'Haemophilus influenzae type b infection'],
  HPV: ['240532009', 'Human papillomavirus infection'],
  Influenza: ['719590007', 'Influenza caused by seasonal influenza virus'],
  'Japanese Encephalitis': ['52947006', 'Japanese encephalitis virus disease'],
  Measles: ['14189004', 'Measles'],
  Meningococcal: ['23511006', 'Meningococcal infectious disease'],
  'Meningococcal B': ['23511006', 'Meningococcal infectious disease'],
  Mumps: ['36989005', 'Mumps'],
  Orthopoxvirus: ['359814004', 'Monkeypox'],
  Pertussis: ['27836007', 'Pertussis'],
  Pneumococcal: ['16814004', 'Pneumococcal infectious disease'],
  Polio: ['721764008', 'Infection caused by Human poliovirus'],
  Rabies: ['14168008', 'Rabies'],
  Rotavirus: ['415822001', 'Viral gastroenteritis caused by Rotavirus'],
  RSV: ['55735004', 'Respiratory syncytial virus infection'],
  Rubella: ['36653000', 'Rubella'],
  TBE: ['712986001', 'Tickborne encephalitis'],
  Tetanus: ['76902006', 'Tetanus'],
  Typhoid: ['4834000', 'Typhoid fever'],
  Varicella: ['38907003', 'Varicella'],
  'Yellow Fever': ['16541001', 'Yellow fever'],
  Zoster: ['4740000', 'Herpes zoster'],
};

/** The concept of an antigen; the antigen's name is its text, and all there is of an antigen that is new. */
export function targetDisease(antigen: string): object {
  const [code, display] = DISEASES[antigen] ?? [];
  return code === undefined ? { text: antigen } : { coding: [{ system: SNOMED, code, display }], text: antigen };
}
