/** Each interaction as an OpenAPI operation: what it takes and what it is answered with (FHIR R4, http.html). */
import { type OpenApiOperation, type OpenApiReference, referTo } from './openapi-document.ts';
import { operationParameterName, refersToParameter, refersToResultParameter } from './openapi-parameters.ts';
import { type RefusalStatus, refusals } from './openapi-responses.ts';
import type { OperationDeclaration } from './operations.ts';
import type { ConditionalInteraction, RequestForm, TypeInteraction } from './server.ts';

/** What the operations of one resource type are made of. */
export interface OperationSubject {
  readonly resourceType: string;
  /** What a search of the type takes in its query. */
  readonly searchQuery: readonly OpenApiReference[];
  /** The part of it that may name the resource of a conditional write. */
  readonly criteria: readonly OpenApiReference[];
}

type BuildOperation = (subject: OperationSubject, request: RequestForm) => OpenApiOperation;

const answer = (name: string): OpenApiReference => referTo('responses', name);

/** Content that is too large, or in no format that is read. */
const OF_BODY: readonly RefusalStatus[] = [413, 415];
/** Writes that lose against concurrent ones, or whose condition does not hold. */
const OF_WRITE: readonly RefusalStatus[] = [409, 412];

/** The operation that a request for an interaction on a type is. */
export function typeOperation(
  code: TypeInteraction | ConditionalInteraction,
  subject: OperationSubject,
  request: RequestForm,
): OpenApiOperation {
  return BUILD[code](subject, request);
}

const operationOf = (verb: string, { resourceType }: OperationSubject, summary: string) => ({
  operationId: `${verb}${resourceType}`,
  tags: [resourceType],
  summary,
});

const PREFER = refersToParameter('Prefer');
const READING = (['_summary', '_elements', 'If-None-Match', 'If-Modified-Since'] as const).map(refersToParameter);
const HISTORY = [refersToResultParameter('_count'), ...(['_since', '_at'] as const).map(refersToParameter)];
const HANDLING = refersToParameter('Prefer-handling');

const BUILD: Readonly<Record<TypeInteraction | ConditionalInteraction, BuildOperation>> = {
  read: (subject) => ({
    ...operationOf('read', subject, 'The current version'),
    parameters: READING,
    responses: { 200: answer(subject.resourceType), 304: answer('NotModified'), ...refusals(404, 410) },
  }),
  vread: (subject) => ({
    ...operationOf('vread', subject, 'One version, current or superseded'),
    parameters: READING,
    responses: { 200: answer(subject.resourceType), 304: answer('NotModified'), ...refusals(404, 410) },
  }),
  patch: (subject) => ({
    ...operationOf('patch', subject, 'Change elements, by JSON Patch or FHIRPath Patch'),
    parameters: [refersToParameter('If-Match'), PREFER],
    requestBody: referTo('requestBodies', 'Patch'),
    responses: {
      200: answer(`${subject.resourceType}-current`),
      ...refusals(404, 410, ...OF_WRITE, ...OF_BODY, 422),
    },
  }),
  'conditional-update': (subject) => ({
    ...operationOf('conditionalUpdate', subject, 'Replace the one match, or create where nothing matches'),
    parameters: [...subject.criteria, refersToParameter('If-Match'), PREFER],
    requestBody: referTo('requestBodies', subject.resourceType),
    responses: {
      200: answer(`${subject.resourceType}-current`),
      201: answer(`${subject.resourceType}-created`),
      ...refusals(...OF_WRITE, ...OF_BODY, 501),
    },
  }),
  'conditional-patch': (subject) => ({
    ...operationOf('conditionalPatch', subject, 'Patch the one match'),
    parameters: [...subject.criteria, refersToParameter('If-Match'), PREFER],
    requestBody: referTo('requestBodies', 'Patch'),
    responses: {
      200: answer(`${subject.resourceType}-current`),
      ...refusals(404, ...OF_WRITE, ...OF_BODY, 422, 501),
    },
  }),
  'conditional-delete': (subject) => ({
    ...operationOf('conditionalDelete', subject, 'Delete what matches; its versions stay'),
    parameters: [...subject.criteria, refersToParameter('If-Match'), PREFER],
    responses: { 200: answer('Outcome'), 204: answer('Deleted'), ...refusals(...OF_WRITE, 501) },
  }),
  update: (subject) => ({
    ...operationOf('update', subject, 'Replace the content, or create it under this id'),
    parameters: [refersToParameter('If-Match'), PREFER],
    requestBody: referTo('requestBodies', subject.resourceType),
    responses: {
      200: answer(`${subject.resourceType}-current`),
      201: answer(`${subject.resourceType}-created`),
      ...refusals(...OF_WRITE, ...OF_BODY),
    },
  }),
  delete: (subject) => ({
    ...operationOf('delete', subject, 'Delete; its versions stay'),
    parameters: [refersToParameter('If-Match'), PREFER],
    responses: { 200: answer('Outcome'), 204: answer('Deleted'), ...refusals(...OF_WRITE) },
  }),
  'history-instance': (subject) => ({
    ...operationOf('history', subject, 'The versions, newest first'),
    parameters: HISTORY,
    responses: { 200: answer('History'), ...refusals(404) },
  }),
  'history-type': (subject) => ({
    ...operationOf('historyOfType', subject, 'The versions of all, newest first'),
    parameters: HISTORY,
    responses: { 200: answer('History'), ...refusals() },
  }),
  create: (subject) => ({
    ...operationOf('create', subject, 'Store a new resource, where wanted only if nothing matches'),
    parameters: [refersToParameter('If-None-Exist'), PREFER],
    requestBody: referTo('requestBodies', subject.resourceType),
    responses: {
      200: answer(`${subject.resourceType}-current`),
      201: answer(`${subject.resourceType}-created`),
      ...refusals(...OF_WRITE, ...OF_BODY, 501),
    },
  }),
  'search-type': searchOperation,
};

function searchOperation(subject: OperationSubject, request: RequestForm): OpenApiOperation {
  const inPatient = request.path.startsWith('Patient/');
  const summary = inPatient ? 'Search what a patient has of it' : 'Search';
  const verb = inPatient ? 'searchOfPatient' : 'search';
  return searchBy(request, {
    ...operationOf(request.method === 'GET' ? verb : `${verb}ByPost`, subject, summary),
    parameters: subject.searchQuery,
    refused: inPatient ? [404, 410] : [],
  });
}

interface Searching extends Pick<OpenApiOperation, 'operationId' | 'tags' | 'summary'> {
  readonly parameters: readonly OpenApiReference[];
  readonly refused: readonly RefusalStatus[];
}

/** By POST the parameters are those of the form. */
function searchBy(
  { method }: RequestForm,
  { parameters, refused, summary, ...operation }: Searching,
): OpenApiOperation {
  const responses = { 200: answer('Page') };
  if (method === 'GET') {
    return {
      ...operation,
      summary,
      parameters: [...parameters, HANDLING],
      responses: { ...responses, ...refusals(...refused) },
    };
  }
  return {
    ...operation,
    summary: `${summary}, with parameters that stay out of the URL`,
    parameters: [HANDLING],
    requestBody: referTo('requestBodies', 'SearchForm'),
    responses: { ...responses, ...refusals(...OF_BODY, ...refused) },
  };
}

/** @param parameters what a search across types takes beside `_type` */
export function searchAcrossTypes(request: RequestForm, parameters: readonly OpenApiReference[]): OpenApiOperation {
  const inPatient = request.path.startsWith('Patient/');
  const summary = inPatient ? 'Search all that a patient has' : 'Search across types';
  const name = inPatient ? 'searchAllOfPatient' : 'searchAll';
  const where = request.path.endsWith(']/_search') ? 'Plainly' : '';
  return searchBy(request, {
    operationId: request.method === 'GET' ? name : `${name}ByPost${where}`,
    tags: [inPatient ? 'Patient' : 'System'],
    summary,
    parameters: [refersToParameter('_type'), ...parameters],
    refused: inPatient ? [404, 410] : [],
  });
}

/** The operations that are not about one type, by path. */
export const processBundle: OpenApiOperation = {
  operationId: 'processBundle',
  tags: ['System'],
  summary: 'Process a batch, or a transaction: all of its entries or none',
  requestBody: referTo('requestBodies', 'Bundle'),
  responses: { 200: answer('Processed'), ...refusals(404, 405, ...OF_WRITE, 410, ...OF_BODY, 501) },
};

export const historyOfSystem: OpenApiOperation = {
  operationId: 'historyOfSystem',
  tags: ['System'],
  summary: 'The versions of everything, newest first',
  parameters: HISTORY,
  responses: { 200: answer('History'), ...refusals() },
};

/** An operation at one of its places. */
export function invokeOperation(
  declaration: OperationDeclaration,
  {
    method,
    resourceType,
    level,
  }: { readonly method: 'get' | 'post'; readonly resourceType?: string; readonly level: string },
): OpenApiOperation {
  const name = declaration.code.replace(/-(.)/g, (_match, letter: string) => letter.toUpperCase());
  const ofBody = method === 'post' ? { requestBody: referTo('requestBodies', 'OperationInput') } : {};
  return {
    operationId: `${method}_${name}_${level}${resourceType ?? ''}`,
    tags: [resourceType ?? 'System'],
    summary: `$${declaration.code}: ${declaration.name}`,
    parameters: declaration.parameters
      .filter(({ type }) => !/^[A-Z]/.test(type))
      .map((parameter) => referTo('parameters', operationParameterName(declaration, parameter.name))),
    ...ofBody,
    responses: {
      200: answer('OperationResult'),
      ...refusals(404, 410, ...(method === 'post' ? [...OF_WRITE, ...OF_BODY] : [])),
    },
  };
}

export const readCapabilities: OpenApiOperation = {
  operationId: 'capabilities',
  tags: ['System'],
  summary: 'What this server promises; with mode=terminology, what it does with codes',
  responses: { 200: answer('CapabilityStatement'), ...refusals() },
};

export const isLive: OpenApiOperation = {
  operationId: 'livez',
  tags: ['Health'],
  summary: 'Does the process run?',
  responses: { 200: answer('Healthy') },
};

export const isReady: OpenApiOperation = {
  operationId: 'readyz',
  tags: ['Health'],
  summary: 'Can it serve now?',
  responses: { 200: answer('Healthy'), 503: answer('NotReady') },
};
