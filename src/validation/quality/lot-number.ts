/** Lot numbers: rules DQ-023 to DQ-028 (docs/profiles.md). */
import { doubtful, type QualityRule } from './fault.ts';
import type { Vaccination } from './vaccination.ts';

type Rule = QualityRule<Vaccination>;

const SEVERAL = /[,;/]|\band\b/i;
const UNUSUAL = /[^A-Za-z0-9-]/;
const PREFIX = /^(?:LOT|\(P\)|MED|SKB|PMC|WSD|WAL)/i;
const SUFFIX =
  /(?:VFC|STATE|PRIVATE|PED|ADULT|\(P\)|-P|-S|CHIP|SPECIAL|HEPA|HEPB|FLU|TDAP|DTAP|HIB|IPV|MMR|MCV4?|PCV\d*|VAR)$/i;

const lotFault = (id: string, message: string) => doubtful({ id, element: 'lotNumber', message });

const missing: Rule = ({ lot, isAdministered }) =>
  isAdministered && !lot ? lotFault('DQ-023', 'The lot number is missing.') : undefined;

const several: Rule = ({ lot = '' }) =>
  SEVERAL.test(lot) ? lotFault('DQ-028', 'There seem to be several lot numbers: give that of the dose.') : undefined;

const characters: Rule = (vaccination) => {
  const { lot = '' } = vaccination;
  if (!UNUSUAL.test(lot) || several(vaccination) || PREFIX.test(lot) || SUFFIX.test(lot)) return undefined;
  return lotFault('DQ-024', 'A lot number has letters, digits and hyphens only.');
};

const tooShort: Rule = ({ lot }) =>
  lot && lot.length <= 4 ? lotFault('DQ-025', 'The lot number is very short: check that it is whole.') : undefined;

const prefixed: Rule = ({ lot = '' }) =>
  PREFIX.test(lot) ? lotFault('DQ-026', 'The lot number begins with something that is no part of it.') : undefined;

const suffixed: Rule = ({ lot = '' }) =>
  lot.length > 5 && SUFFIX.test(lot)
    ? lotFault('DQ-027', 'The lot number ends with something that is no part of it (a programme, a vaccine).')
    : undefined;

export const lotRules: readonly Rule[] = [missing, several, characters, tooShort, prefixed, suffixed];
