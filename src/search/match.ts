/**
 * Whether a resource is found by a query, told from its index entries alone (FHIR R4, search.html): what every
 * database search has to agree with.
 */
import type { IndexEntry, IndexValue } from './index-entry.ts';
import type { Modifier } from './parameter.ts';
import { isParameterCriterion, type ParameterCriterion, type SearchCriterion, type SearchValue } from './query.ts';
import { matchesCodes } from './types/code-set.ts';
import { matchesComposite } from './types/composite.ts';
import { matchesDate } from './types/date.ts';
import { matchesNumberValue } from './types/number.ts';
import { matchesQuantity } from './types/quantity.ts';
import { matchesReference } from './types/reference.ts';
import { matchesString } from './types/string.ts';
import { matchesOfType, matchesToken } from './types/token.ts';
import { matchesUri } from './types/uri.ts';

/**
 * Whether all criteria hold. `now` is what `ap` of a date measures its distance from.
 * @throws TypeError where a criterion is about other resources: a vocabulary of one type reads none of these
 */
export function matchesQuery(
  entries: readonly IndexEntry[],
  { criteria }: { readonly criteria: readonly SearchCriterion[] },
  now: Date,
): boolean {
  return criteria.every((criterion) => {
    if (isParameterCriterion(criterion)) return matchesCriterion(entries, criterion, now);
    throw new TypeError(`a ${criterion.kind} can't be told from one resource`);
  });
}

function matchesCriterion(entries: readonly IndexEntry[], criterion: ParameterCriterion, now: Date): boolean {
  const { parameter, modifier, values } = criterion;
  const own = entries.filter(({ code }) => code === parameter.code).map(({ value }) => value);
  const hasMatch = values.some((searched) => {
    if (searched.type === 'missing') return searched.missing === (own.length === 0);
    if (parameter.code === '_id') return own.some((value) => isThisId(value, searched));
    return own.some((value) => matchesValue(value, searched, { modifier, now }));
  });
  return modifier === 'not' || modifier === 'not-in' ? !hasMatch : hasMatch;
}

/** Ids are compared with regard to case, unlike other tokens. */
const isThisId = (indexed: IndexValue, searched: SearchValue): boolean =>
  indexed.type === 'token' && searched.type === 'token' && indexed.code === searched.code;

interface Asked {
  readonly modifier: Modifier | undefined;
  readonly now: Date;
}

function matchesValue(indexed: IndexValue, searched: SearchValue, asked: Asked): boolean {
  switch (indexed.type) {
    case 'date':
      return searched.type === 'date' && matchesDate(indexed, searched, asked.now);
    case 'number':
      return searched.type === 'number' && matchesNumberValue(indexed, searched);
    case 'quantity':
      return searched.type === 'quantity' && matchesQuantity(indexed, searched);
    case 'composite':
      return searched.type === 'composite' && matchesComposite(indexed.components, searched, inComposite(asked));
    case 'present':
      return false;
    default:
      return matchesText(indexed, searched, asked.modifier);
  }
}

const inComposite =
  ({ now }: Asked) =>
  (indexed: IndexValue, searched: SearchValue): boolean =>
    matchesValue(indexed, searched, { modifier: undefined, now });

type TextValue = Exclude<IndexValue, { type: 'date' | 'number' | 'quantity' | 'composite' | 'present' }>;

/** Values that are text. Those that belong to a modifier are only seen with it. */
function matchesText(indexed: TextValue, searched: SearchValue, modifier: Modifier | undefined): boolean {
  switch (indexed.type) {
    case 'reference':
      return searched.type === 'reference' && matchesReference(indexed.keys, searched);
    case 'string':
      return searched.type === 'string' && matchesString(indexed, searched, modifier);
    case 'token':
      if (searched.type === 'codes') return matchesCodes(indexed, searched);
      return searched.type === 'token' && matchesToken(indexed, searched);
    case 'uri':
      return searched.type === 'uri' && matchesUri(indexed.keys, searched.uri, modifier);
    case 'text':
      return modifier === 'text' && searched.type === 'string' && matchesString(indexed, searched, undefined);
    case 'of-type':
      return searched.type === 'of-type' && matchesOfType(indexed, searched);
    case 'identifier':
      return modifier === 'identifier' && searched.type === 'token' && matchesToken(indexed, searched);
  }
}
