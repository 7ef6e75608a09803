/** One name and value of a query read as a criterion (FHIR R4, search.html#ptypes, search.html#modifiers). */
import { FhirError, notSupported } from '../fhir/error.ts';
import { splitEscaped } from './escape.ts';
import type { CompiledSearchParameter, Modifier } from './parameter.ts';
import { isJoin, parseJoin } from './parse-join.ts';
import { parseValue } from './parse-value.ts';
import type { ResultParameter, SearchCriterion } from './query.ts';
import type { Terminology } from './terminology.ts';

/** What a query may say. */
export interface SearchVocabulary {
  /** Of the searched type. */
  readonly parameters: readonly CompiledSearchParameter[];
  /** This server's address without a slash at the end, so that absolute references to it are known. */
  readonly baseUrl?: string;
  /** What codes mean to each other; without it `:in`, `:not-in`, `:above` and `:below` find nothing that they know. */
  readonly terminology?: Terminology;
  /**
   * The parameters of any type; none where the type is not served. Absent where only the resource itself can be looked
   * at: then chains, `_has`, `_list`, `_content` and `_text` are refused.
   */
  readonly parametersOf?: (resourceType: string) => readonly CompiledSearchParameter[];
}

/** Reads one `code:modifier=a,b`, chain, `_has` or other criterion. @throws FhirError 400 */
export function parseCriterion(
  resourceType: string,
  asked: ResultParameter,
  vocabulary: SearchVocabulary,
): SearchCriterion {
  const criterion = isJoin(asked.name)
    ? naming(asked.name, () => parseKnown(resourceType, asked, vocabulary))
    : parseKnown(resourceType, asked, vocabulary);
  if (criterion) return criterion;
  throw unknownParameter(resourceType, asked.name);
}

/** What is refused at the end of a chain is refused under the name that the client gave. */
function naming<Result>(name: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    const issues = error.issues.map((issue) => ({ ...issue, expression: [`http.${name}`] }));
    throw new FhirError(error.status, issues, error.hints);
  }
}

const unknownParameter = (resourceType: string, name: string): FhirError =>
  notSupported(
    isJoin(name)
      ? `"${name}" leads nowhere: from ${resourceType} there is no such way over References that this server searches.`
      : `"${name.split(':', 1)[0]}" is not a search parameter of ${resourceType} that this server supports.`,
    `http.${name}`,
  );

/** Undefined where the type has no parameter of that name. */
function parseKnown(
  resourceType: string,
  asked: ResultParameter,
  vocabulary: SearchVocabulary,
): SearchCriterion | undefined {
  const { name, value } = asked;
  if (isJoin(name)) return parseJoin(resourceType, asked, { vocabulary, parse: parseKnown });
  const [code, suffix] = splitModifier(name);
  const parameter = vocabulary.parameters.find((candidate) => candidate.code === code);
  if (!parameter) return undefined;
  const { modifier, targetType } = suffix === undefined ? {} : readModifier(parameter, name, suffix);
  const { baseUrl = '', terminology = {} } = vocabulary;
  const context = { name, parameter, modifier, targetType, baseUrl, terminology };
  const values = splitEscaped(value, ',').map((raw) => parseValue(raw, context));
  return { kind: 'parameter', parameter, ...(modifier ? { modifier } : {}), values };
}

function splitModifier(name: string): readonly [code: string, suffix: string | undefined] {
  const at = name.indexOf(':');
  return at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)];
}

interface Suffix {
  readonly modifier?: Modifier;
  readonly targetType?: string;
}

/** A modifier of the parameter, or for a reference the type it is to name. */
function readModifier(parameter: CompiledSearchParameter, name: string, text: string): Suffix {
  if (isModifierOf(parameter, text)) return { modifier: text };
  if (parameter.type === 'reference' && parameter.types.has('Reference') && parameter.targets.includes(text)) {
    return { targetType: text };
  }
  const allowed = [...parameter.modifiers].map((modifier) => `:${modifier}`).join(' ');
  throw notSupported(`The search parameter "${name}" has a modifier other than ${allowed}.`, `http.${name}`);
}

const isModifierOf = (parameter: CompiledSearchParameter, text: string): text is Modifier =>
  (parameter.modifiers as ReadonlySet<string>).has(text);
