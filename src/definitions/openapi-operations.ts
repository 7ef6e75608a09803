/** Each interaction as an OpenAPI operation: what it takes and what it is answered with (FHIR R4, http.html). */
import { type OpenApiOperation, type OpenApiReference, referTo } from './openapi-document.ts';
import { refersToParameter } from './openapi-parameters.ts';
import { type RefusalStatus, refusals } from './openapi-responses.ts';
import type { RequestForm, TypeInteraction } from './server.ts';

/** What the operations of one resource type are made of. */
export interface OperationSubject {
  readonly resourceType: string;
  /** What a search of the type takes in its query. */
  readonly searchQuery: readonly OpenApiReference[];
}

type BuildOperation = (subject: OperationSubject, request: RequestForm) => OpenApiOperation;

const answer = (name: string): OpenApiReference => referTo('responses', name);

/** Content that is too large, or in no format that is read. */
const OF_BODY: readonly RefusalStatus[] = [413, 415];
/** Writes that lose against concurrent ones, or whose condition does not hold. */
const OF_WRITE: readonly RefusalStatus[] = [409, 412];

/** The operation that a request for an interaction on a type is. */
export function typeOperation(
  code: TypeInteraction,
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

const BUILD: Readonly<Record<TypeInteraction, BuildOperation>> = {
  read: (subject) => ({
    ...operationOf('read', subject, 'The current version'),
    responses: { 200: answer(subject.resourceType), ...refusals(404, 410) },
  }),
  vread: (subject) => ({
    ...operationOf('vread', subject, 'One version, current or superseded'),
    responses: { 200: answer(subject.resourceType), ...refusals(404, 410) },
  }),
  update: (subject) => ({
    ...operationOf('update', subject, 'Replace the content, or create it under this id'),
    parameters: [refersToParameter('If-Match')],
    requestBody: referTo('requestBodies', subject.resourceType),
    responses: {
      200: answer(`${subject.resourceType}-current`),
      201: answer(`${subject.resourceType}-created`),
      ...refusals(...OF_WRITE, ...OF_BODY),
    },
  }),
  delete: (subject) => ({
    ...operationOf('delete', subject, 'Delete; its versions stay'),
    parameters: [refersToParameter('If-Match')],
    responses: { 204: answer('Deleted'), ...refusals(...OF_WRITE) },
  }),
  'history-instance': (subject) => ({
    ...operationOf('history', subject, 'The versions, newest first'),
    parameters: [refersToParameter('_count')],
    responses: { 200: answer('History'), ...refusals(404) },
  }),
  create: (subject) => ({
    ...operationOf('create', subject, 'Store a new resource, where wanted only if nothing matches'),
    parameters: [refersToParameter('If-None-Exist')],
    requestBody: referTo('requestBodies', subject.resourceType),
    responses: {
      200: answer(`${subject.resourceType}-current`),
      201: answer(`${subject.resourceType}-created`),
      ...refusals(...OF_WRITE, ...OF_BODY, 501),
    },
  }),
  'search-type': searchOperation,
};

function searchOperation(subject: OperationSubject, { method }: RequestForm): OpenApiOperation {
  const responses = { 200: answer('Page') };
  if (method === 'GET') {
    const operation = operationOf('search', subject, 'Search');
    return { ...operation, parameters: subject.searchQuery, responses: { ...responses, ...refusals() } };
  }
  return {
    ...operationOf('searchByPost', subject, 'Search, with parameters that stay out of the URL'),
    requestBody: referTo('requestBodies', 'SearchForm'),
    responses: { ...responses, ...refusals(...OF_BODY) },
  };
}

/** The operations that are not about one type, by path. */
export const processBundle: OpenApiOperation = {
  operationId: 'processBundle',
  tags: ['System'],
  summary: 'Process a batch, or a transaction: all of its entries or none',
  requestBody: referTo('requestBodies', 'Bundle'),
  responses: { 200: answer('Processed'), ...refusals(404, 405, ...OF_WRITE, 410, ...OF_BODY, 501) },
};

export const readCapabilities: OpenApiOperation = {
  operationId: 'capabilities',
  tags: ['System'],
  summary: 'What this server promises',
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
