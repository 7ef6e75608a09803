/** What the requests take beside their bodies: search parameters, ids, conditional headers (FHIR R4, search.html, http.html). */
import type { CompiledSearchParameter, SearchParamType } from '../search/parameter.ts';
import { type OpenApiParameter, type OpenApiReference, referTo } from './openapi-document.ts';
import { type OperationDeclaration, operationId } from './operations.ts';
import { joinParameters, resultParameters, typeParameter } from './server.ts';

type ParameterName = keyof typeof FIXED;
type ResultName = (typeof resultParameters)[number]['name'];

export const refersToParameter = (name: ParameterName): OpenApiReference => referTo('parameters', name);

/** Apart from those of reads, which share names with them. */
const resultName = (name: string): string => `result.${name.replace(':', '.')}`;
export const refersToResultParameter = (name: ResultName): OpenApiReference => referTo('parameters', resultName(name));

/** The name of the component that describes an operation's parameter. */
export const operationParameterName = (operation: OperationDeclaration, name: string): string =>
  `operation.${operationId(operation)}.${name}`;

/** The primitive parameters of the operations. */
export const buildOperationParameters = (
  operations: readonly OperationDeclaration[],
): Readonly<Record<string, OpenApiParameter>> =>
  Object.fromEntries(
    operations.flatMap((operation) =>
      operation.parameters
        .filter(({ type }) => !/^[A-Z]/.test(type))
        .map(({ name, documentation }) => [
          operationParameterName(operation, name),
          inQuery(name, documentation, { type: 'string' }),
        ]),
    ),
  );

/** The parameters that don't depend on the resource type, and one for each definition of a search parameter. */
export function buildParameters(
  searchParameters: readonly CompiledSearchParameter[],
): Readonly<Record<string, OpenApiParameter>> {
  const ofSearch = searchParameters.map((parameter) => [componentName(parameter.url), searchParameter(parameter)]);
  const ofResult = resultParameters.map((parameter) => [resultName(parameter.name), resultParameter(parameter)]);
  const ofJoins = joinParameters.map(({ name, description }) => [joinName(name), inQuery(name, description, TEXT)]);
  return { ...FIXED, ...Object.fromEntries([...ofResult, ...ofJoins, ...ofSearch]) };
}

/** What may name the resource of a conditional write. */
export const criteriaParameters = (parameters: readonly CompiledSearchParameter[]): readonly OpenApiReference[] => [
  ...parameters.map(({ url }) => referTo('parameters', componentName(url))),
  ...joinParameters.map(({ name }) => referTo('parameters', joinName(name))),
];

const joinName = (name: string): string => `search.${name}`;
const TEXT = { type: 'string' } as const;

/** What the search of a type takes in its query. */
export const searchQueryParameters = (parameters: readonly CompiledSearchParameter[]): readonly OpenApiReference[] => [
  ...criteriaParameters(parameters),
  ...resultParameters.map(({ name }) => refersToResultParameter(name)),
];

function resultParameter(parameter: (typeof resultParameters)[number]): OpenApiParameter {
  const { name, description } = parameter;
  const schema = 'schema' in parameter ? parameter.schema : { type: 'string' };
  return inQuery(name, description, 'type' in schema && schema.type === 'array' ? LIST : schema);
}

const LIST = { type: 'array', items: { type: 'string' } };

const HL7 = 'http://hl7.org/fhir/SearchParameter/';

/** HL7's definitions are known by their id, any other by its whole URL, so that two never share a name. */
const componentName = (url: string): string =>
  url.startsWith(HL7) ? `search.${url.slice(HL7.length)}` : `search.${url.replace(/[^A-Za-z0-9.-]/g, '_')}`;

/** A form of values per type of parameter (search.html#ptypes). */
const VALUES: Readonly<Record<SearchParamType, string>> = {
  date: 'a date or dateTime of any precision, after a prefix (eq ne gt lt ge le sa eb ap) where wanted',
  number: 'a number, after a prefix where wanted',
  quantity: '[prefix]number|system|code, the system and code as wanted',
  reference: 'an id, [type]/[id] or an absolute URL',
  string: 'the beginning of the text, whatever its case and accents',
  token: 'code, system|code, |code or system|',
  uri: 'the whole URI',
  composite: 'the values of its components, joined by $',
};

function searchParameter({ code, type, url }: CompiledSearchParameter): OpenApiParameter {
  return inQuery(code, `${type}: ${VALUES[type]}. Commas separate alternatives. Defined by ${url}`, {
    type: 'array',
    description: 'Repeated, all must hold.',
    items: { type: 'string' },
  });
}

const inQuery = (name: string, description: string, schema: OpenApiParameter['schema']): OpenApiParameter => ({
  name,
  in: 'query',
  description,
  schema,
});

const inPath = (name: string, description: string): OpenApiParameter => ({
  name,
  in: 'path',
  description,
  required: true,
  schema: referTo('schemas', 'Id'),
});

const inHeader = (name: string, description: string): OpenApiParameter => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string' },
});

const FIXED = {
  id: inPath('id', 'Logical id of the resource.'),
  vid: inPath('vid', 'Version id, as in meta.versionId.'),
  _format: inQuery('_format', 'The format of the answer, in place of the Accept header.', {
    enum: ['json', 'application/json', 'application/fhir+json', 'xml', 'application/xml', 'application/fhir+xml'],
  }),
  _pretty: inQuery('_pretty', 'Whether the answer is laid out for people.', { type: 'boolean' }),
  _summary: inQuery('_summary', 'A part of the resource.', { enum: ['true', 'text', 'data', 'false'] }),
  _elements: inQuery('_elements', 'Names of the elements that are wanted, joined by commas.', { type: 'string' }),
  _type: inQuery(typeParameter.name, typeParameter.description, { type: 'string' }),
  _since: inQuery('_since', 'Versions made at this instant or later.', { type: 'string' }),
  _at: inQuery('_at', 'Versions that were current at some time within this date or dateTime.', { type: 'string' }),
  Prefer: inHeader('Prefer', 'return=minimal, return=representation or return=OperationOutcome.'),
  'Prefer-handling': {
    ...inHeader('Prefer', 'handling=strict refuses parameters that are not known, handling=lenient passes them over.'),
  },
  'If-None-Match': inHeader('If-None-Match', 'The versions that the client has: `W/"3"`.'),
  'If-Modified-Since': inHeader('If-Modified-Since', 'When the client last read it, as an HTTP date.'),
  'If-Match': inHeader('If-Match', 'The version that may be replaced: `W/"3"`, or `*` for any that exists.'),
  'If-None-Exist': inHeader(
    'If-None-Exist',
    'A search of the type, without `?`: what is created only where nothing matches it.',
  ),
} as const;
