/** Request lines as the door reads them, to try what is promised against what is served (FHIR R4, http.html#summary). */

import { resourceTypes } from '../../../src/definitions/resource-types.ts';
import { FhirError } from '../../../src/fhir/error.ts';
import type { Interaction } from '../../../src/fhir/interaction.ts';
import { parseResource, type ResourceContent } from '../../../src/fhir/resource-content.ts';
import { parseRequest, type RequestLine } from '../../../src/interactions/parse-request.ts';

const ID = 'some-id';

/** A path in the words of http.html, `[type]/[id]`, with its parts filled in. */
export const fillPath = (path: string, resourceType: string): string =>
  path.replace('[type]', resourceType).replace('[id]', ID).replace('[vid]', '2');

const NO_PATCH = { language: 'json-patch', operations: [] } as const;

const content = (resource: object): ResourceContent => parseResource(JSON.stringify(resource));

/** A request that carries what its path asks for: a Bundle for the base, a resource of its type elsewhere. */
export function requestLine(method: string, path: string, more: Partial<RequestLine> = {}): RequestLine {
  const segments = path.split('/');
  const [resourceType = ''] = segments;
  const body = resourceType === '' ? { resourceType: 'Bundle', type: 'batch' } : { resourceType, id: ID };
  return {
    method,
    path: segments,
    params: {},
    hasBody: true,
    resource: () => content(body),
    patch: () => NO_PATCH,
    ...more,
  };
}

export const transactionBundle = (): ResourceContent => content({ resourceType: 'Bundle', type: 'transaction' });

const served: ReadonlySet<string> = new Set(resourceTypes);

/** The interaction that a request comes to, or the status of its refusal. */
export function interactionOf(line: RequestLine): Interaction | number {
  try {
    return parseRequest(line, { isServed: (resourceType) => served.has(resourceType) });
  } catch (error) {
    if (error instanceof FhirError) return error.status;
    throw error;
  }
}

export function codeOf(line: RequestLine): string | number {
  const interaction = interactionOf(line);
  return typeof interaction === 'number' ? interaction : interaction.code;
}
