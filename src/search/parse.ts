/** Query parameters read as criteria (FHIR R4, search.html#Introduction and search.html#modifiers). */
import { badValue, notSupported } from '../fhir/error.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import { splitEscaped } from './escape.ts';
import type { CompiledSearchParameter, Modifier } from './parameter.ts';
import type { ResultParameter, SearchCriterion, SearchQuery, SearchValue } from './query.ts';
import { RESULT_PARAMETERS, readCount } from './result-parameters.ts';
import { parseCompositeValue } from './types/composite.ts';
import { parseDateValue } from './types/date.ts';
import { parseNumberValue } from './types/number.ts';
import { parseQuantityValue } from './types/quantity.ts';
import { parseReferenceValue } from './types/reference.ts';
import { parseStringValue } from './types/string.ts';
import { parseOfTypeValue, parseTokenValue } from './types/token.ts';
import { parseUriValue } from './types/uri.ts';
import { readText, refuseValue, type ValueContext } from './value-reader.ts';

/** What a query may say. */
export interface SearchVocabulary {
  readonly parameters: readonly CompiledSearchParameter[];
  /** This server's address without a slash at the end, so that absolute references to it are known. */
  readonly baseUrl?: string;
}

/**
 * Reads the query of a search of one resource type. A repeated parameter gives one criterion each, all of which hold.
 * @throws FhirError 400 naming a parameter, modifier or value that this server doesn't take
 */
export function parseSearchQuery(
  resourceType: string,
  params: SearchParams,
  vocabulary: SearchVocabulary,
): SearchQuery {
  const criteria: SearchCriterion[] = [];
  const resultParameters: ResultParameter[] = [];
  let count: number | undefined;
  for (const { name, value } of listParameters(params)) {
    const [code = ''] = name.split(':', 1);
    if (value.includes('\0')) throw badValue(`The search parameter "${name}" has a character that no text may have.`);
    if (name === '_count') count = readCount(value, count);
    else if (RESULT_PARAMETERS.has(code)) resultParameters.push({ name, value });
    else criteria.push(parseCriterion(resourceType, { name, value }, vocabulary));
  }
  return { resourceType, criteria, ...(count === undefined ? {} : { count }), resultParameters };
}

const listParameters = (params: SearchParams): readonly ResultParameter[] =>
  Object.entries(params).flatMap(([name, values]) =>
    (typeof values === 'string' ? [values] : values).map((value) => ({ name, value })),
  );

/** Reads one `code:modifier=a,b`. @throws FhirError 400 */
export function parseCriterion(
  resourceType: string,
  { name, value }: ResultParameter,
  { parameters, baseUrl = '' }: SearchVocabulary,
): SearchCriterion {
  const at = name.indexOf(':');
  const code = at < 0 ? name : name.slice(0, at);
  if (/^_has(?::|$)/.test(name) || name.includes('.')) {
    throw notSupported(
      `The search parameter "${name}" is a chain, which this server does not support.`,
      `http.${name}`,
    );
  }
  const parameter = parameters.find((candidate) => candidate.code === code);
  if (!parameter) {
    throw notSupported(
      `"${code}" is not a search parameter of ${resourceType} that this server supports.`,
      `http.${name}`,
    );
  }
  const suffix = at < 0 ? {} : readModifier(parameter, name, name.slice(at + 1));
  const context = { name, parameter, modifier: suffix.modifier, targetType: suffix.targetType, baseUrl };
  const values = splitEscaped(value, ',').map((raw) => parseValue(raw, context));
  return { parameter, ...(suffix.modifier ? { modifier: suffix.modifier } : {}), values };
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

function parseValue(raw: string, context: ValueContext): SearchValue {
  switch (context.modifier) {
    case 'missing':
      return parseMissing(raw, context);
    case 'text':
      return parseStringValue(raw, context);
    case 'of-type':
      return parseOfTypeValue(raw, context);
    case 'identifier':
      return parseTokenValue(raw, context);
    default:
      return parseTyped(raw, context);
  }
}

function parseTyped(raw: string, context: ValueContext): SearchValue {
  switch (context.parameter.type) {
    case 'date':
      return parseDateValue(raw, context);
    case 'number':
      return parseNumberValue(raw, context);
    case 'quantity':
      return parseQuantityValue(raw, context);
    case 'reference':
      return parseReferenceValue(raw, context);
    case 'string':
      return parseStringValue(raw, context);
    case 'token':
      return parseTokenValue(raw, context);
    case 'uri':
      return parseUriValue(raw, context);
    case 'composite':
      return parseCompositeValue(raw, context, parseTyped);
  }
}

function parseMissing(raw: string, context: ValueContext): SearchValue {
  const text = readText(raw, context);
  if (text !== 'true' && text !== 'false') throw refuseValue(context, 'takes true or false');
  return { type: 'missing', missing: text === 'true' };
}
