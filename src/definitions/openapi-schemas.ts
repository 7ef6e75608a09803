/** What the bodies are, as JSON Schema: the frame of each resource, not its elements, which FHIR defines (R4, json.html). */
import { type JsonSchema, referTo } from './openapi-document.ts';

const text: JsonSchema = { type: 'string' };
const instant: JsonSchema = { type: 'string', format: 'date-time' };
const listOf = (items: object): JsonSchema => ({ type: 'array', minItems: 1, items });

/** A schema for each served type, and for the resources that are answers. */
export function buildSchemas(resourceTypes: readonly string[]): Readonly<Record<string, JsonSchema>> {
  const served = resourceTypes.map((resourceType) => [resourceType, resourceSchema(resourceType)]);
  return { ...FRAME, ...ANSWERS, ...Object.fromEntries(served) };
}

function resourceSchema(
  resourceType: string,
  properties: JsonSchema = {},
  required: readonly string[] = [],
): JsonSchema {
  return {
    description: `${resourceType}: http://hl7.org/fhir/R4/${resourceType.toLowerCase()}.html`,
    allOf: [referTo('schemas', 'Resource')],
    properties: { resourceType: { const: resourceType }, ...properties },
    ...(required.length === 0 ? {} : { required }),
  };
}

const FRAME: Readonly<Record<string, JsonSchema>> = {
  Id: { type: 'string', pattern: '^[A-Za-z0-9.-]{1,64}$' },
  Meta: {
    type: 'object',
    description: 'versionId and lastUpdated are the server’s: what a client says there is replaced.',
    properties: { versionId: text, lastUpdated: instant },
  },
  Resource: {
    type: 'object',
    required: ['resourceType'],
    properties: { resourceType: text, id: referTo('schemas', 'Id'), meta: referTo('schemas', 'Meta') },
  },
  JsonPatch: {
    type: 'array',
    items: { type: 'object', required: ['op', 'path'], properties: { op: text, path: text, from: text } },
  },
  SearchForm: {
    type: 'object',
    description: 'The parameters of the search by GET, as a form; a repeated one as several values.',
    additionalProperties: { anyOf: [text, listOf(text)] },
  },
  Health: { type: 'object', required: ['status'], properties: { status: { enum: ['live', 'ready', 'not ready'] } } },
};

const issue: JsonSchema = {
  type: 'object',
  required: ['severity', 'code'],
  properties: {
    severity: { enum: ['fatal', 'error', 'warning', 'information'] },
    code: { type: 'string', description: 'A code of http://hl7.org/fhir/ValueSet/issue-type.' },
    diagnostics: text,
    expression: listOf(text),
  },
};

const entry: JsonSchema = {
  type: 'object',
  properties: {
    fullUrl: text,
    resource: referTo('schemas', 'Resource'),
    search: { type: 'object', properties: { mode: { enum: ['match', 'include', 'outcome'] } } },
    request: {
      type: 'object',
      required: ['method', 'url'],
      properties: {
        method: text,
        url: text,
        ifMatch: text,
        ifNoneMatch: text,
        ifModifiedSince: text,
        ifNoneExist: text,
      },
    },
    response: {
      type: 'object',
      required: ['status'],
      properties: {
        status: text,
        location: text,
        etag: text,
        lastModified: instant,
        outcome: referTo('schemas', 'OperationOutcome'),
      },
    },
  },
};

const link: JsonSchema = {
  type: 'object',
  required: ['relation', 'url'],
  properties: { relation: { enum: ['self', 'first', 'previous', 'next'] }, url: text },
};

const bundleTypes = ['batch', 'transaction', 'batch-response', 'transaction-response', 'searchset', 'history'];

const ANSWERS: Readonly<Record<string, JsonSchema>> = {
  OperationOutcome: resourceSchema('OperationOutcome', { issue: listOf(issue) }, ['issue']),
  Bundle: resourceSchema(
    'Bundle',
    {
      type: { enum: bundleTypes },
      total: { type: 'integer', minimum: 0 },
      link: listOf(link),
      entry: listOf(entry),
    },
    ['type'],
  ),
  CapabilityStatement: resourceSchema('CapabilityStatement'),
  Parameters: resourceSchema('Parameters'),
};
