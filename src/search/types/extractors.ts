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

/** Data types that have a code of a code system, and those that name the system too. */
const CODED: readonly string[] = ['code', 'Coding', 'CodeableConcept'];
const CODED_WITH_SYSTEM: readonly string[] = ['Coding', 'CodeableConcept'];

/** The modifiers that this server answers for a parameter of this type on elements of these types. */
export function modifiersOf(type: SearchParamType, types: ReadonlySet<string>): ReadonlySet<Modifier> {
  const modifiers: Modifier[] = ['missing', ...(MODIFIERS[type] ?? [])];
  if (type === 'token') modifiers.push(...tokenModifiersOf(types));
  if (type === 'reference' && types.has('Reference')) modifiers.push('identifier');
  return new Set(modifiers);
}

function tokenModifiersOf(types: ReadonlySet<string>): readonly Modifier[] {
  const isAnyOf = (names: readonly string[]) => names.some((name) => types.has(name));
  const modifiers: Modifier[] = [];
  if (isAnyOf(CODED)) modifiers.push('in', 'not-in');
  if (isAnyOf(CODED_WITH_SYSTEM)) modifiers.push('above', 'below');
  if (isAnyOf(TYPES_WITH_SYSTEM)) modifiers.push('text');
  if (types.has('Identifier')) modifiers.push('of-type');
  return modifiers;
}
