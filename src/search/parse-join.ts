/**
 * Names of a query that lead to other resources or to the whole content: chains, `_has`, `_list`, `_content`, `_text`
 * (FHIR R4, search.html#chaining, search.html#has, search.html#list, search.html#content).
 */
import { badValue, notSupported, tooCostly } from '../fhir/error.ts';
import { isLogicalId } from '../fhir/resource-content.ts';
import { splitEscaped, unescapeValue } from './escape.ts';
import { parseTextExpression } from './full-text.ts';
import type { CompiledSearchParameter } from './parameter.ts';
import type { SearchVocabulary } from './parse-criterion.ts';
import type {
  ChainCriterion,
  FullTextCriterion,
  JoinCriterion,
  ListCriterion,
  ResultParameter,
  ReverseChainCriterion,
  SearchCriterion,
} from './query.ts';

/** Links of one chain; each can fan out over many types. */
const MOST_LINKS = 6;

const HAS = /^_has(?::|$)/;
const WHOLE = /^(_list|_content|_text)(?::|$)/;

export const isJoin = (name: string): boolean => HAS.test(name) || WHOLE.test(name) || name.includes('.');

type Parse = (
  resourceType: string,
  asked: ResultParameter,
  vocabulary: SearchVocabulary,
) => SearchCriterion | undefined;

export interface JoinContext {
  readonly vocabulary: SearchVocabulary;
  /** Reads what is left of a name for the type that it leads to; undefined where the type has no such parameter. */
  readonly parse: Parse;
}

/** Undefined where the type, or none of those it leads to, has the parameter. @throws FhirError 400 */
export function parseJoin(
  resourceType: string,
  asked: ResultParameter,
  context: JoinContext,
): JoinCriterion | undefined {
  const { name, value } = asked;
  const { parametersOf } = context.vocabulary;
  if (!parametersOf) {
    throw notSupported(`"${name}" is about more than one resource, which can't be asked here.`, `http.${name}`);
  }
  if (linksIn(name) > MOST_LINKS) throw tooCostly(`"${name}" has more than ${MOST_LINKS} links.`, `http.${name}`);
  if (HAS.test(name)) return parseReverseChain(resourceType, asked, { ...context, parametersOf });
  if (name === '_list') return parseList(name, value);
  if (name === '_content' || name === '_text') return parseFullText(name, value);
  if (WHOLE.test(name)) throw notSupported(`The search parameter "${name}" takes no modifier.`, `http.${name}`);
  return parseChain(asked, { ...context, parametersOf });
}

const linksIn = (name: string): number => name.split('.').length - 1 + name.split('_has:').length - 1;

interface Links extends JoinContext {
  readonly parametersOf: (resourceType: string) => readonly CompiledSearchParameter[];
}

/** `subject:Patient.name`: a reference, perhaps the type it is to name, and what is asked of what it names. */
function parseChain({ name, value }: ResultParameter, links: Links): ChainCriterion | undefined {
  const [, code, , type, last = ''] = /^([^:.]*)(:([^.]*))?\.(.*)$/s.exec(name) ?? [];
  const parameter = links.vocabulary.parameters.find((candidate) => candidate.code === code);
  if (!parameter || !isReference(parameter)) return undefined;
  const types = parameter.targets.filter((target) => type === undefined || target === type);
  const targets = types.flatMap((resourceType) => {
    const criterion = parseOf(resourceType, { name: last, value }, links);
    return criterion ? [{ resourceType, criterion }] : [];
  });
  return targets.length === 0 ? undefined : { kind: 'chain', name, parameter, targets };
}

function parseOf(resourceType: string, asked: ResultParameter, links: Links): SearchCriterion | undefined {
  const parameters = links.parametersOf(resourceType);
  return parameters.length === 0 ? undefined : links.parse(resourceType, asked, { ...links.vocabulary, parameters });
}

/** Canonical references name what may be anywhere, in any version; they are not followed. */
const isReference = ({ type, types }: CompiledSearchParameter): boolean =>
  type === 'reference' && types.has('Reference');

/** `_has:Observation:patient:code`: who refers here, by which parameter, and what is asked of them. */
function parseReverseChain(
  resourceType: string,
  { name, value }: ResultParameter,
  links: Links,
): ReverseChainCriterion | undefined {
  const [, type = '', code, rest] = /^_has:([^:]*):([^:]*):(.+)$/s.exec(name) ?? [];
  if (rest === undefined) {
    throw notSupported(`"${name}" is not of the form _has:[type]:[reference]:[parameter].`, `http.${name}`);
  }
  const parameter = links.parametersOf(type).find((candidate) => candidate.code === code);
  if (!parameter || !isReference(parameter) || !parameter.targets.includes(resourceType)) return undefined;
  const criterion = parseOf(type, { name: rest, value }, links);
  return criterion && { kind: 'reverse-chain', name, parameter, criterion };
}

function parseList(name: string, value: string): ListCriterion {
  const ids = splitEscaped(value, ',');
  if (ids.some((id) => id.startsWith('$'))) {
    throw notSupported('This server has no functional lists; _list takes ids of List resources.', `http.${name}`);
  }
  const own = ids.map((id) => (id.startsWith('List/') ? id.slice('List/'.length) : id));
  if (own.every(isLogicalId)) return { kind: 'list', name, ids: own };
  throw badValue(`The search parameter "${name}" takes ids of List resources.`, `http.${name}`);
}

/** A comma is punctuation here: alternatives are said with `or`. */
function parseFullText(name: '_content' | '_text', value: string): FullTextCriterion {
  const expression = parseTextExpression(unescapeValue(value) ?? value);
  const scope = name === '_content' ? 'content' : 'narrative';
  if (expression) return { kind: 'full-text', name, scope, expression };
  throw badValue(
    `The search parameter "${name}" takes words, with and, or, not, parentheses and "quotation marks" around phrases.`,
    `http.${name}`,
  );
}
