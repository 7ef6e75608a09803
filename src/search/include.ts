/** Which references `_include` and `_revinclude` follow (FHIR R4, search.html#revinclude). */
import { badValue, notSupported } from '../fhir/error.ts';
import type { CompiledSearchParameter } from './parameter.ts';
import type { ResultParameter } from './query.ts';

/** References of one search parameter of one type, followed from or to what is found. */
export interface IncludePath {
  readonly direction: 'include' | 'revinclude';
  /** Followed from what is included too. */
  readonly iterate: boolean;
  /** The type that has the references. */
  readonly sourceType: string;
  readonly code: string;
  /** The types that are referred to and wanted. */
  readonly targetTypes: readonly string[];
}

export interface IncludeVocabulary {
  /** The types that are searched. */
  readonly types: readonly string[];
  readonly servedTypes: readonly string[];
  parametersOf(resourceType: string): readonly CompiledSearchParameter[];
}

/** What one `_include` or `_revinclude` says. */
interface Directive extends Pick<IncludePath, 'direction' | 'iterate'> {
  readonly source: string;
  readonly code: string;
  readonly target: string | undefined;
  /** The parameter of the query, for refusals. */
  readonly name: string;
}

/** Reads `Type:parameter`, `Type:parameter:Target`, `Type:*` or `*`. @throws FhirError 400 naming what is wrong */
export function parseInclude(parameter: ResultParameter, vocabulary: IncludeVocabulary): readonly IncludePath[] {
  const directive = readDirective(parameter);
  const isWild = directive.code === '*';
  const paths = sourcesOf(directive, vocabulary).flatMap((sourceType) => {
    const named = isWild ? referencesOf(sourceType, vocabulary) : [referenceOf(directive, sourceType, vocabulary)];
    return named.flatMap((reference) => pathOf(directive, { sourceType, reference }, vocabulary) ?? []);
  });
  if (paths.length > 0 || (isWild && directive.target === undefined)) return paths;
  throw refuse(directive, `never leads ${directive.direction === 'include' ? 'to' : 'from'} such a resource`);
}

const FORM = /^(?:\*(?::\*)?|([A-Za-z]+):([\w-]+|\*)(?::([A-Za-z]+))?)$/;

function readDirective({ name, value }: ResultParameter): Directive {
  const match = FORM.exec(value);
  if (!match) {
    const expected = '[type]:[parameter], [type]:[parameter]:[target type], [type]:* or *';
    throw badValue(`${name} takes ${expected}.`, `http.${name}`);
  }
  const [, source = '*', code = '*', target] = match;
  const direction = name.startsWith('_rev') ? 'revinclude' : 'include';
  return { direction, iterate: name.endsWith(':iterate'), source, code, target, name };
}

const refuse = ({ name, source, code }: Directive, problem: string) =>
  notSupported(`${name}: ${source === '*' ? '*' : `${source}:${code}`} ${problem}.`.slice(0, 300), `http.${name}`);

function sourcesOf(directive: Directive, { types, servedTypes }: IncludeVocabulary): readonly string[] {
  const { source, direction, iterate, target } = directive;
  const unserved = [source === '*' ? undefined : source, target].find((type) => type && !servedTypes.includes(type));
  if (unserved !== undefined) throw refuse(directive, `names ${unserved.slice(0, 64)}, a type that this server lacks`);
  const ofMatches = direction === 'include' && !iterate;
  if (source === '*') return ofMatches ? types : servedTypes;
  if (ofMatches && !types.includes(source))
    throw refuse(directive, 'is not about the type that is searched; follow what is included with :iterate');
  return [source];
}

/** References by a canonical URL name no instance. */
const isFollowed = ({ type, types }: CompiledSearchParameter): boolean =>
  type === 'reference' && types.has('Reference');

const referencesOf = (sourceType: string, { parametersOf }: IncludeVocabulary): readonly CompiledSearchParameter[] =>
  parametersOf(sourceType).filter(isFollowed);

function referenceOf(
  directive: Directive,
  sourceType: string,
  { parametersOf }: IncludeVocabulary,
): CompiledSearchParameter {
  const parameter = parametersOf(sourceType).find(({ code }) => code === directive.code);
  if (!parameter) throw refuse(directive, `names no search parameter of ${sourceType} that this server supports`);
  if (!isFollowed(parameter)) throw refuse(directive, 'is not a search parameter for references to resources');
  return parameter;
}

interface Reference {
  readonly sourceType: string;
  readonly reference: CompiledSearchParameter;
}

/** Undefined where the references can't be about what is asked for. */
function pathOf(
  { direction, iterate, target }: Directive,
  { sourceType, reference }: Reference,
  { types, servedTypes }: IncludeVocabulary,
): IncludePath | undefined {
  const reachable = direction === 'include' || iterate ? servedTypes : types;
  const targetTypes = reference.targets.filter(
    (type) => reachable.includes(type) && (target === undefined || type === target),
  );
  if (targetTypes.length === 0) return undefined;
  return { direction, iterate, sourceType, code: reference.code, targetTypes };
}

/** The values that `_include` and `_revinclude` take in a search of the type, as the CapabilityStatement lists them. */
export function includeValues(
  resourceType: string,
  { servedTypes, parametersOf }: Omit<IncludeVocabulary, 'types'>,
): { readonly include: readonly string[]; readonly revinclude: readonly string[] } {
  const vocabulary = { types: [resourceType], servedTypes, parametersOf };
  const valuesOf = (direction: IncludePath['direction']): readonly string[] => {
    const paths = parseInclude({ name: `_${direction}`, value: '*' }, vocabulary);
    const values = paths.map(({ sourceType, code }) => `${sourceType}:${code}`);
    return values.length > 0 ? ['*', ...values] : [];
  };
  return { include: valuesOf('include'), revinclude: valuesOf('revinclude') };
}
