/** Parameters about the result rather than the resources: order, totals, parts, includes (FHIR R4, search.html#return). */
import { badValue, notSupported } from '../fhir/error.ts';
import { parseView, type View } from '../fhir/subset.ts';
import { type IncludePath, type IncludeVocabulary, parseInclude } from './include.ts';
import type { CompiledSearchParameter } from './parameter.ts';
import type { ResultParameter } from './query.ts';

/** Handed on by the parser of queries as they are: whoever searches knows them or refuses. */
export const RESULT_PARAMETERS: ReadonlySet<string> = new Set([
  '_contained',
  '_containedType',
  '_elements',
  '_format',
  '_include',
  '_pretty',
  '_revinclude',
  '_score',
  '_sort',
  '_summary',
  '_total',
]);

/** One key of `_sort`, descending where it is written with a `-`. */
export interface SortKey {
  readonly code: string;
  readonly direction: 1 | -1;
}

/** How much the client wants to know about the number of matches (search.html#total). */
export type TotalPrecision = 'none' | 'estimate' | 'accurate';

export interface ResultOptions {
  readonly sort: readonly SortKey[];
  readonly includes: readonly IncludePath[];
  /** Undefined where the client doesn't say. */
  readonly total: TotalPrecision | undefined;
  /** The part of each resource that is wanted; undefined: all of it. */
  readonly view: View | undefined;
  /** `_summary=count`: how many there are, and nothing else. */
  readonly onlyTotal: boolean;
}

/** Reads `_count`. @throws FhirError 400 where it is no whole number, or given twice */
export function readCount(value: string, earlier: number | undefined): number {
  if (earlier !== undefined || !/^\d{1,9}$/.test(value))
    throw badValue('The search parameter "_count" takes one whole number.', 'http._count');
  return Number(value);
}

/**
 * @param given what the query says about its result, in order
 * @throws FhirError 400 naming the parameter that this server doesn't know, or whose value it can't follow
 */
export function parseResultOptions(given: readonly ResultParameter[], vocabulary: IncludeVocabulary): ResultOptions {
  for (const parameter of given) checkName(parameter);
  const of = (name: string): readonly string[] => given.filter((one) => one.name === name).map(({ value }) => value);
  checkContained(of('_contained'), of('_containedType'));
  const summary = onlyOne('_summary', of('_summary'));
  const includes = given.flatMap((parameter) => (isInclude(parameter) ? parseInclude(parameter, vocabulary) : []));
  // "Note that the _include and _revinclude parameters cannot be mixed with _summary=text" (search.html#summary).
  if (summary === 'text' && includes.length > 0)
    throw notSupported('_summary=text can’t be combined with _include or _revinclude.', 'http._summary');
  return {
    sort: parseSort(onlyOne('_sort', of('_sort')), vocabulary),
    includes,
    total: parseTotal(onlyOne('_total', of('_total'))),
    view: viewOf(summary, of('_elements')),
    onlyTotal: summary === 'count',
  };
}

const isInclude = ({ name }: ResultParameter): boolean => /^_(rev)?include(:|$)/.test(name);

const KNOWN: ReadonlySet<string> = new Set([
  ...['_contained', '_containedType', '_elements', '_sort', '_summary', '_total'],
  ...['_include', '_include:iterate', '_revinclude', '_revinclude:iterate'],
]);

function checkName({ name }: ResultParameter): void {
  if (KNOWN.has(name)) return;
  const at = name.indexOf(':');
  if (at < 0) throw notSupported(`The parameter ${name} is not supported.`, `http.${name}`);
  const instead = name.endsWith(':recurse') ? 'is of earlier releases of FHIR; R4 has :iterate' : 'is not supported';
  throw notSupported(`The modifier of ${name.slice(0, 64)} ${instead}.`, `http.${name}`);
}

function onlyOne(name: string, values: readonly string[]): string | undefined {
  if (values.length > 1) throw badValue(`${name} is given more than once.`, `http.${name}`);
  return values[0];
}

/** The defaults say what this server does anyway. */
function checkContained(contained: readonly string[], types: readonly string[]): void {
  if (contained.some((value) => value !== 'false'))
    throw notSupported('Contained resources are not searched: _contained can only be false.', 'http._contained');
  if (types.some((value) => value !== 'container'))
    throw notSupported(
      'Contained resources are not answered: _containedType can only be container.',
      'http._containedType',
    );
}

const PRECISIONS: readonly TotalPrecision[] = ['none', 'estimate', 'accurate'];

function parseTotal(value: string | undefined): TotalPrecision | undefined {
  const known = PRECISIONS.find((precision) => precision === value);
  if (value === undefined || known) return known;
  throw badValue('_total is one of none, estimate and accurate.', 'http._total');
}

function viewOf(summary: string | undefined, elements: readonly string[]): View | undefined {
  const asked = summary === undefined || summary === 'count' ? {} : { _summary: summary };
  return parseView({ ...asked, ...(elements.length > 0 ? { _elements: elements } : {}) });
}

/** Reads `-date,_id`. */
function parseSort(value: string | undefined, vocabulary: IncludeVocabulary): readonly SortKey[] {
  if (value === undefined) return [];
  const keys = value.split(',').map((key) => readSortKey(key, vocabulary));
  if (new Set(keys.map(({ code }) => code)).size === keys.length) return keys;
  throw badValue('_sort names a parameter twice.', 'http._sort');
}

function readSortKey(text: string, vocabulary: IncludeVocabulary): SortKey {
  const code = text.replace(/^-/, '');
  if (code === '') throw badValue('_sort is a list of search parameters, such as -date,_id.', 'http._sort');
  if (code === '_score') throw notSupported('Matches have no _score here, so nothing is sorted by it.', 'http._sort');
  for (const resourceType of vocabulary.types) checkSortable(code, resourceType, vocabulary.parametersOf(resourceType));
  return { code, direction: text.startsWith('-') ? -1 : 1 };
}

function checkSortable(code: string, resourceType: string, parameters: readonly CompiledSearchParameter[]): void {
  const parameter = parameters.find((candidate) => candidate.code === code);
  if (!parameter) {
    throw notSupported(`_sort: "${code.slice(0, 64)}" is not a search parameter of ${resourceType}.`, 'http._sort');
  }
  if (parameter.type === 'composite')
    throw notSupported(`_sort: "${code}" has several components, which have no order.`, 'http._sort');
}
