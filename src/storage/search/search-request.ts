/** What a search asks for, of one type or several, read once and completely (FHIR R4, search.html, http.html#search). */
import { badValue, FhirError, notSupported, type OutcomeIssue } from '../../fhir/error.ts';
import type { SearchHandling, SearchParams } from '../../fhir/interaction.ts';
import { parseSearchQuery } from '../../search/parse.ts';
import type { SearchQuery } from '../../search/query.ts';
import { parseResultOptions, RESULT_PARAMETERS, type ResultOptions } from '../../search/result-parameters.ts';
import type { Store } from '../versions.ts';
import { vocabularyOf } from './vocabulary.ts';

export interface AskedSearch {
  /** In the order in which their resources come. */
  readonly types: readonly string[];
  readonly params: SearchParams;
  readonly handling: SearchHandling;
  /** Of all types or those that `_type` names, which is no parameter elsewhere. */
  readonly ofSystem?: boolean;
}

export interface CompiledSearch {
  /** One for each type. */
  readonly queries: readonly SearchQuery[];
  readonly options: ResultOptions;
  /** `_count` as asked for. */
  readonly count: number | undefined;
  /** The parameters that the queries and options are made of, in order. */
  readonly used: SearchParams;
  /** About what was passed over, as the client prefers. */
  readonly issues: readonly OutcomeIssue[];
}

/** @throws FhirError 400 naming what is not supported; with lenient handling that is passed over where it may be */
export function compileSearch(store: Store, asked: AskedSearch): CompiledSearch {
  const ignored = asked.handling === 'lenient' ? unknownNames(store, asked) : [];
  const used = Object.fromEntries(Object.entries(asked.params).filter(([name]) => !ignored.includes(name)));
  const { _type, ...ofTypes } = used;
  const queries = asked.types.map((resourceType) => parse(store, resourceType, asked.ofSystem ? ofTypes : used));
  const [first] = queries;
  if (!first) throw badValue('No resource type is searched.', 'http._type');
  return {
    queries,
    options: parseResultOptions(first.resultParameters, includeVocabulary(store, asked.types)),
    count: first.count,
    used,
    issues: ignored.map(passedOver),
  };
}

const parse = (store: Store, resourceType: string, params: SearchParams): SearchQuery =>
  parseSearchQuery(resourceType, params, vocabularyOf(store, resourceType));

const includeVocabulary = ({ definitions }: Store, types: readonly string[]) => ({
  types,
  servedTypes: definitions.resourceTypes,
  parametersOf: definitions.searchParameters,
});

const passedOver = (name: string): OutcomeIssue => ({
  severity: 'warning',
  code: 'not-supported',
  diagnostics: `The parameter "${name.slice(0, 64)}" is not supported and was ignored.`,
  expression: [`http.${name.slice(0, 64)}`],
});

/**
 * Parameters that this server doesn't know by name. Modifiers and values of those it knows are never passed over: a
 * server has to refuse a modifier that it doesn't support, and a search by half of what was meant finds too much.
 */
function unknownNames(store: Store, { types, params, ofSystem }: AskedSearch): readonly string[] {
  const vocabulary = includeVocabulary(store, types);
  const isKnown = (name: string, value: string | readonly string[]): boolean => {
    if (name === '_type' && ofSystem) return true;
    if (UNSUPPORTED.has(name)) return isDone(() => parseResultOptions(listed(name, value), vocabulary));
    return types.every((type) => isNameOf(store, type, name) || isDone(() => parse(store, type, { [name]: value })));
  };
  return Object.entries(params).flatMap(([name, value]) => (isKnown(name, value) ? [] : [name]));
}

/** Parameters about the result that this server knows the default of, or nothing. */
const UNSUPPORTED: ReadonlySet<string> = new Set(['_contained', '_containedType', '_score', '_format', '_pretty']);
const SUPPORTED: ReadonlySet<string> = new Set(
  [...RESULT_PARAMETERS, '_count', '_has', '_list', '_content', '_text'].filter((name) => !UNSUPPORTED.has(name)),
);

function isNameOf({ definitions }: Store, resourceType: string, name: string): boolean {
  const [code = ''] = name.split(/[:.]/, 1);
  return SUPPORTED.has(code) || definitions.searchParameters(resourceType).some((one) => one.code === code);
}

const listed = (name: string, value: string | readonly string[]) => [value].flat().map((one) => ({ name, value: one }));

/** Whether the server does it; a wrong value is something else, and refused later. */
function isDone(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch (error) {
    if (error instanceof FhirError) return error.issues[0]?.code !== 'not-supported';
    throw error;
  }
}

/** The types that `_type` names. @throws FhirError 400 */
export function readTypes(
  { definitions }: Pick<Store, 'definitions'>,
  value: string | readonly string[] | undefined,
  searchable: readonly string[],
): readonly string[] {
  if (value === undefined) return searchable;
  if (typeof value !== 'string') throw badValue('_type is given more than once.', 'http._type');
  const named = value.split(',');
  const unknown = named.find((type) => !definitions.isServed(type));
  if (unknown !== undefined)
    throw badValue(`_type: "${unknown.slice(0, 64)}" is no type that this server has.`, 'http._type');
  const outside = named.find((type) => !searchable.includes(type));
  if (outside !== undefined) throw notSupported(`_type: ${outside} is never in this compartment.`, 'http._type');
  return searchable.filter((type) => named.includes(type));
}
