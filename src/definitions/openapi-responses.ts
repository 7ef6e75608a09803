/** What this server answers, by status (FHIR R4, http.html#Status-Codes): resources, Bundles and refusals. */
import {
  type OpenApiContent,
  type OpenApiHeader,
  type OpenApiReference,
  type OpenApiRequestBody,
  type OpenApiResponse,
  referTo,
} from './openapi-document.ts';
import { mediaType } from './server.ts';

/** Each refusal that some interaction is answered with; its body is an OperationOutcome that says why. */
const REFUSALS = {
  400: 'The request or its content is malformed, or asks for what is not supported.',
  404: 'There is no such resource, version or type.',
  405: 'An entry asks for an interaction that is not served.',
  406: 'The client accepts no format that the server writes.',
  409: 'The write lost against concurrent ones; try again.',
  410: 'The resource was deleted.',
  412: 'If-Match names another version than the current one, or a condition matches more than one resource.',
  413: 'The body is larger than the server takes.',
  415: 'The body is in a format that the server does not read.',
  422: 'The patch does not apply to the resource, or its test of it fails.',
  500: 'The server failed; its operators find the cause under the X-Request-Id.',
  501: 'The database lacks the transactions that this needs.',
  503: 'The server is starting, or its database can’t be reached now.',
} as const;

export type RefusalStatus = keyof typeof REFUSALS;

/** Any request may come to these. */
const ALWAYS: readonly RefusalStatus[] = [400, 406, 500, 503];

/** The refusals of a request: those that every one may come to, and its own. */
export function refusals(...own: readonly RefusalStatus[]): Readonly<Record<string, OpenApiReference>> {
  const statuses = [...ALWAYS, ...own].sort((a, b) => a - b);
  return Object.fromEntries(statuses.map((status) => [status, referTo('responses', `refusal-${status}`)]));
}

/** The same in XML has no schema here: FHIR's own describe it. */
const jsonOf = (schema: string): OpenApiContent => ({
  [mediaType]: { schema: referTo('schemas', schema) },
  'application/fhir+xml': { schema: { type: 'string' } },
});

type HeaderName = keyof typeof HEADERS;

export const HEADERS = {
  ETag: { description: 'The version, `W/"3"`.', schema: { type: 'string' } },
  'Last-Modified': { description: 'When the version was made, to the second.', schema: { type: 'string' } },
  Location: { description: 'The version that was created.', schema: { type: 'string', format: 'uri' } },
  'Content-Location': { description: 'The version that is current now.', schema: { type: 'string', format: 'uri' } },
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } },
  'X-Request-Id': { description: 'What the log of the server calls this request.', schema: { type: 'string' } },
} as const satisfies Readonly<Record<string, OpenApiHeader>>;

const headersOf = (...names: readonly HeaderName[]): Pick<Required<OpenApiResponse>, 'headers'> => ({
  headers: Object.fromEntries([...names, 'X-Request-Id'].map((name) => [name, referTo('headers', name)])),
});

/** Every answer: of each type what is read, created and replaced, then those of any type, then the refusals. */
export function buildResponses(resourceTypes: readonly string[]): Readonly<Record<string, OpenApiResponse>> {
  const refused = Object.entries(REFUSALS).map(([status, description]) => [
    `refusal-${status}`,
    { description, ...headersOf(...(status === '503' ? RETRY : [])), content: jsonOf('OperationOutcome') },
  ]);
  return {
    ...Object.fromEntries(resourceTypes.flatMap(resourceResponses)),
    ...ANY_TYPE,
    ...Object.fromEntries(refused),
  };
}

const RETRY: readonly HeaderName[] = ['Retry-After'];

function resourceResponses(resourceType: string): readonly (readonly [string, OpenApiResponse])[] {
  const content = jsonOf(resourceType);
  return [
    [resourceType, { description: 'The version that was asked for.', ...headersOf('ETag', 'Last-Modified'), content }],
    [
      `${resourceType}-created`,
      { description: 'Created.', ...headersOf('ETag', 'Last-Modified', 'Location'), content },
    ],
    [
      `${resourceType}-current`,
      {
        description: 'The version that is current now: the new one, or the one that was there already.',
        ...headersOf('ETag', 'Last-Modified', 'Content-Location'),
        content,
      },
    ],
  ];
}

const plainJson: OpenApiContent = { 'application/json': { schema: referTo('schemas', 'Health') } };

const ANY_TYPE = {
  NotModified: { description: 'The client has the current version.', ...headersOf('ETag', 'Last-Modified') },
  Outcome: {
    description: 'It is deleted, as the outcome says that was preferred.',
    ...headersOf(),
    content: jsonOf('OperationOutcome'),
  },
  OperationResult: { description: 'What the operation answers.', ...headersOf(), content: jsonOf('Resource') },
  Deleted: { description: 'There is no such resource, or no more.', ...headersOf('ETag', 'Last-Modified') },
  Page: { description: 'A page of what matches, with a link to the next.', ...headersOf(), content: jsonOf('Bundle') },
  History: { description: 'Versions, newest first.', ...headersOf(), content: jsonOf('Bundle') },
  Processed: { description: 'An answer to each entry, in their order.', ...headersOf(), content: jsonOf('Bundle') },
  CapabilityStatement: { description: 'The promise.', ...headersOf(), content: jsonOf('CapabilityStatement') },
  Healthy: { description: 'It is.', content: plainJson },
  NotReady: {
    description: 'Not now: it starts, or its database doesn’t answer.',
    headers: { 'Retry-After': referTo('headers', 'Retry-After') },
    content: { ...plainJson, ...jsonOf('OperationOutcome') },
  },
} as const satisfies Readonly<Record<string, OpenApiResponse>>;

/** What the requests carry: a resource of each type, a Bundle, the form of a search. */
export function buildRequestBodies(resourceTypes: readonly string[]): Readonly<Record<string, OpenApiRequestBody>> {
  const ofTypes = resourceTypes.map((resourceType) => [
    resourceType,
    { description: 'In an update, with the id of the URL.', required: true, content: jsonOf(resourceType) },
  ]);
  return {
    ...Object.fromEntries(ofTypes),
    Bundle: { description: 'Of type batch or transaction.', required: true, content: jsonOf('Bundle') },
    Patch: {
      description: 'A JSON Patch, or a FHIRPath Patch as Parameters.',
      required: true,
      content: { 'application/json-patch+json': { schema: referTo('schemas', 'JsonPatch') }, ...jsonOf('Parameters') },
    },
    OperationInput: {
      description: 'The parameters, or the one resource that the operation is about.',
      required: false,
      content: jsonOf('Resource'),
    },
    SearchForm: {
      description: 'Joined with the query of the URL.',
      required: false,
      content: { 'application/x-www-form-urlencoded': { schema: referTo('schemas', 'SearchForm') } },
    },
  };
}
