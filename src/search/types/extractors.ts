/** The extractors of every search parameter type but composite (FHIR R4, search.html#ptypes). */
import type { Extractors } from '../index-entry.ts';
import type { Modifier, SearchParamType } from '../parameter.ts';
import { dateExtractors } from './date.ts';
import { numberExtractors } from './number.ts';
import { quantityExtractors } from './quantity.ts';
import { referenceExtractors } from './reference.ts';
import { stringExtractors } from './string.ts';
import { TYPES_WITH_SYSTEM, tokenExtractors } from './token.ts';
import { uriExtractors } from './uri.ts';

export const EXTRACTORS: Readonly<Record<Exclude<SearchParamType, 'composite'>, Extractors>> = {
  date: dateExtractors,
  number: numberExtractors,
  quantity: quantityExtractors,
  reference: referenceExtractors,
  string: stringExtractors,
  token: tokenExtractors,
  uri: uriExtractors,
};

const MODIFIERS: Readonly<Partial<Record<SearchParamType, readonly Modifier[]>>> = {
  string: ['exact', 'contains'],
  token: ['not'],
  uri: ['above', 'below'],
};

/** The modifiers that this server answers for a parameter of this type on elements of these types. */
export function modifiersOf(type: SearchParamType, types: ReadonlySet<string>): ReadonlySet<Modifier> {
  const modifiers = new Set<Modifier>(['missing', ...(MODIFIERS[type] ?? [])]);
  if (type === 'token' && TYPES_WITH_SYSTEM.some((withSystem) => types.has(withSystem))) modifiers.add('text');
  if (type === 'token' && types.has('Identifier')) modifiers.add('of-type');
  if (type === 'reference' && types.has('Reference')) modifiers.add('identifier');
  return modifiers;
}
