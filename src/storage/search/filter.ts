/** Criteria of a search as a MongoDB filter on `_id`, `lu` and the `s_*` fields (FHIR R4, search.html). */
import type { Document, Filter } from 'mongodb';
import type { CompiledSearchParameter } from '../../search/parameter.ts';
import type { ParameterCriterion, SearchQuantity, SearchToken, SearchValue, SystemCode } from '../../search/query.ts';
import { approximateRange } from '../../search/types/number.ts';
import { foldText } from '../../search/types/string.ts';
import { TYPES_WITH_SYSTEM } from '../../search/types/token.ts';
import { urisAbove } from '../../search/types/uri.ts';
import { all, any, type Conditions, within } from './combine.ts';
import { dateConditions, instantConditions } from './date-filter.ts';
import {
  codeKey,
  componentName,
  containsPattern,
  fieldName,
  ofTypeKey,
  startsWithPattern,
  stringKey,
  systemCodeKey,
  systemKey,
  unitKey,
  unitSystemKey,
} from './keys.ts';
import { rangeConditions } from './range-filter.ts';

/** What `matchesQuery` accepts, for MongoDB. `now` is what `ap` of a date measures its distance from. */
export function criteriaFilter(criteria: readonly ParameterCriterion[], now: Date): Filter<Document> {
  return all(criteria.map((criterion) => criterionFilter(criterion, now)));
}

function criterionFilter(criterion: ParameterCriterion, now: Date): Conditions {
  const { parameter, modifier, values } = criterion;
  if (modifier === 'missing') return missingFilter(criterion);
  if (parameter.code === '_lastUpdated') {
    return any(values.map((value) => (value.type === 'date' ? instantConditions(value, 'lu', now) : {})));
  }
  const matches = values.map((value) => valueMatch(value, criterion));
  if (matches.every((match) => match !== undefined)) {
    const field = parameter.code === '_id' ? '_id' : fieldOf(criterion);
    const isNegated = modifier === 'not' || modifier === 'not-in';
    return isNegated ? noneOf(field, matches) : oneOf(field, matches);
  }
  return any(values.map((value) => subdocumentFilter(value, parameter, now)));
}

function missingFilter({ parameter, values }: ParameterCriterion): Conditions {
  const native: Readonly<Record<string, string>> = { _id: '_id', _lastUpdated: 'lu' };
  const field = native[parameter.code] ?? fieldName(parameter.code);
  return any(values.map((value) => ({ [field]: { $exists: value.type === 'missing' && !value.missing } })));
}

function fieldOf({ parameter, modifier }: ParameterCriterion): string {
  const own = modifier === 'text' || modifier === 'of-type' || modifier === 'identifier' ? modifier : undefined;
  return fieldName(parameter.code, own);
}

/** How a value is found among strings: by any of the keys, or by a pattern. */
type TextMatch = { readonly keys: readonly string[] } | { readonly pattern: string };

/** Undefined when the value is not found among strings. */
function valueMatch(
  value: SearchValue,
  criterion: Pick<ParameterCriterion, 'parameter' | 'modifier'>,
): TextMatch | undefined {
  switch (value.type) {
    case 'token':
      return criterion.parameter.code === '_id' ? { keys: [value.code ?? ''] } : tokenMatch(value);
    case 'codes':
      return { keys: value.codes.flatMap((code) => codeKeys(code, criterion.parameter)) };
    case 'of-type':
      return { keys: [ofTypeKey(value)] };
    case 'reference':
      return { keys: value.keys };
    case 'string':
      return stringMatch(value.text, criterion.modifier);
    case 'uri':
      return uriMatch(value.uri, criterion.modifier);
    default:
      return undefined;
  }
}

function tokenMatch({ system, code }: SearchToken): TextMatch {
  if (code === undefined) return { pattern: startsWithPattern(systemKey(system ?? '')) };
  return { keys: [system === undefined ? codeKey(code) : systemCodeKey(system, code)] };
}

/** An element that has codes only takes its system from its definition. */
function codeKeys({ system, code }: SystemCode, { types }: CompiledSearchParameter): readonly string[] {
  return TYPES_WITH_SYSTEM.some((type) => types.has(type)) ? [systemCodeKey(system, code)] : [codeKey(code)];
}

function stringMatch(text: string, modifier: ParameterCriterion['modifier']): TextMatch {
  if (modifier === 'exact') return { keys: [stringKey(text)] };
  return { pattern: modifier === 'contains' ? containsPattern(text) : startsWithPattern(foldText(text)) };
}

function uriMatch(uri: string, modifier: ParameterCriterion['modifier']): TextMatch {
  if (modifier === 'below') return { pattern: startsWithPattern(uri) };
  return { keys: modifier === 'above' ? urisAbove(uri) : [uri] };
}

const keysOf = (matches: readonly TextMatch[]): readonly string[] => [
  ...new Set(matches.flatMap((match) => ('keys' in match ? match.keys : []))),
];
const patternsOf = (matches: readonly TextMatch[]): readonly string[] =>
  matches.flatMap((match) => ('pattern' in match ? [match.pattern] : []));

/** With no key and no pattern, as of an empty value set, nothing is found. */
function oneOf(field: string, matches: readonly TextMatch[]): Conditions {
  const keys = keysOf(matches);
  const patterns = patternsOf(matches);
  const byKey =
    keys.length === 0 && patterns.length > 0 ? [] : [{ [field]: keys.length === 1 ? keys[0] : { $in: keys } }];
  return any([...byKey, ...patterns.map((pattern) => ({ [field]: { $regex: pattern } }))]);
}

function noneOf(field: string, matches: readonly TextMatch[]): Conditions {
  const keys = keysOf(matches);
  const byKey = keys.length === 0 ? [] : [{ [field]: keys.length === 1 ? { $ne: keys[0] } : { $nin: keys } }];
  return all([...byKey, ...patternsOf(matches).map((pattern) => ({ [field]: { $not: { $regex: pattern } } }))]);
}

/** Conditions on the one stored value, or on one and the same of several. */
function subdocumentFilter(value: SearchValue, parameter: CompiledSearchParameter, now: Date): Conditions {
  const field = fieldName(parameter.code);
  const conditions = subdocumentConditions(value, parameter, now);
  return parameter.single ? within(field, conditions) : { [field]: { $elemMatch: conditions } };
}

function subdocumentConditions(value: SearchValue, parameter: CompiledSearchParameter, now: Date): Conditions {
  switch (value.type) {
    case 'date':
      return dateConditions(value, parameter, now);
    case 'number':
      return numberConditions(value);
    case 'quantity':
      return all([numberConditions(value), ...unitConditions(value)]);
    case 'composite':
      return all(value.components.map((part, at) => componentConditions(part, at, { parameter, now })));
    default:
      throw new Error(`A value of type ${value.type} has no sub-document.`);
  }
}

function numberConditions(searched: Extract<SearchValue, { type: 'number' | 'quantity' }>): Conditions {
  const { prefix, value, low, high } = searched;
  if (prefix === 'eq') return { lo: { $gte: low, $lt: high }, hi: { $lt: high } };
  if (prefix === 'ne') return { $or: [{ lo: { $lt: low } }, { hi: { $gte: high } }] };
  const { lo, hi } = prefix === 'ap' ? approximateRange(searched) : { lo: value, hi: value };
  return rangeConditions({ prefix, lo, hi, fields: ['lo', 'hi'] });
}

function unitConditions({ system, code }: SearchQuantity): readonly Conditions[] {
  if (system === undefined) return code === undefined ? [] : [{ u: unitKey(code) }];
  if (code === undefined) return [{ u: { $regex: startsWithPattern(systemKey(system)) } }];
  return [{ u: unitSystemKey(system, code) }];
}

interface CompositeContext {
  readonly parameter: CompiledSearchParameter;
  readonly now: Date;
}

/** Inside a composite every component is a list. */
function componentConditions(value: SearchValue, at: number, { parameter, now }: CompositeContext): Conditions {
  const component = parameter.components[at] ?? parameter;
  const match = valueMatch(value, { parameter: component });
  if (match) return oneOf(componentName(at), [match]);
  return { [componentName(at)]: { $elemMatch: subdocumentConditions(value, component, now) } };
}
