/**
 * From a request line to an interaction (FHIR R4, http.html#summary), the same for HTTP and for the entries of a
 * Bundle, so that the two can't come to differ.
 */
import { parseBundle } from '../fhir/bundle.ts';
import { badRequest, badValue, type FhirError, methodNotAllowed, notFound } from '../fhir/error.ts';
import { parseEtags } from '../fhir/etag.ts';
import type { Interaction, SearchParams } from '../fhir/interaction.ts';
import { isLogicalId, type ResourceContent } from '../fhir/resource-content.ts';
import { parseParams } from '../fhir/search-params.ts';

export interface RequestLine {
  readonly method: string;
  /** The path below the base, percent-decoded, without slashes at its ends: `Patient/1/_history`. */
  readonly path: readonly string[];
  readonly params: SearchParams;
  readonly ifMatch?: string | undefined;
  readonly ifNoneExist?: string | undefined;
  /** Reads the body where the interaction has one. */
  readonly resource: () => ResourceContent;
}

export interface ServedTypes {
  isServed(resourceType: string): boolean;
}

/** @throws FhirError 404 for an unknown type or path, 405 for a method that does not apply, 400 for a bad body. */
export function parseRequest(line: RequestLine, served: ServedTypes): Interaction {
  const [first, ...rest] = line.path;
  if (first === undefined || first === '') return systemInteraction(line);
  if (first === 'metadata' && rest.length === 0) return onlyFor(line, 'GET', { code: 'capabilities' });
  if (first.startsWith('_') || first.startsWith('$')) throw notServed(line);
  if (!served.isServed(first)) throw notFound(`This server has no resource type ${printable(first)}.`);
  return rest.length === 0 ? typeInteraction(line, first) : belowType(line, first, rest);
}

function systemInteraction(line: RequestLine): Interaction {
  if (line.method !== 'POST') throw notServed(line);
  const bundle = parseBundle(line.resource());
  if (bundle.type !== 'batch' && bundle.type !== 'transaction') {
    throw badValue('Only Bundles of type batch or transaction can be posted here.', 'Bundle.type');
  }
  return { code: bundle.type, bundle };
}

function typeInteraction(line: RequestLine, resourceType: string): Interaction {
  if (line.method === 'GET') return { code: 'search-type', resourceType, params: line.params };
  if (line.method !== 'POST') throw notServed(line);
  const resource = resourceOfType(line, resourceType);
  const { ifNoneExist } = line;
  if (ifNoneExist === undefined) return { code: 'create', resourceType, resource };
  return { code: 'create', resourceType, resource, ifNoneExist: parseParams(ifNoneExist) };
}

function belowType(line: RequestLine, resourceType: string, [id, ...rest]: readonly string[]): Interaction {
  if (id === undefined || id === '_search') return searchByPost(line, resourceType, rest);
  if (id.startsWith('_') || id.startsWith('$')) throw notServed(line);
  if (!isLogicalId(id)) throw badValue(`${printable(id)} is not a logical id.`, `${resourceType}.id`);
  if (rest.length === 0) return instanceInteraction(line, resourceType, id);
  if (rest[0] === '_history') return historyInteraction(line, { resourceType, id }, rest.slice(1));
  throw notServed(line);
}

function searchByPost(line: RequestLine, resourceType: string, rest: readonly string[]): Interaction {
  if (rest.length > 0) throw notServed(line);
  return onlyFor(line, 'POST', { code: 'search-type', resourceType, params: line.params });
}

function instanceInteraction(line: RequestLine, resourceType: string, id: string): Interaction {
  const matching = line.ifMatch === undefined ? {} : { ifMatch: onlyEtag(line.ifMatch) };
  switch (line.method) {
    case 'GET':
      return { code: 'read', resourceType, id };
    case 'DELETE':
      return { code: 'delete', resourceType, id, ...matching };
    case 'PUT':
      return { code: 'update', resourceType, id, resource: resourceWithId(line, resourceType, id), ...matching };
    default:
      throw notServed(line);
  }
}

interface Instance {
  readonly resourceType: string;
  readonly id: string;
}

function historyInteraction(line: RequestLine, instance: Instance, rest: readonly string[]): Interaction {
  const [versionId, ...more] = rest;
  if (more.length > 0) throw notServed(line);
  if (versionId === undefined) {
    return onlyFor(line, 'GET', { code: 'history-instance', ...instance, params: line.params });
  }
  return onlyFor(line, 'GET', { code: 'vread', ...instance, versionId });
}

function onlyFor(line: RequestLine, method: string, interaction: Interaction): Interaction {
  if (line.method !== method) throw notServed(line);
  return interaction;
}

function resourceOfType(line: RequestLine, resourceType: string): ResourceContent {
  const resource = line.resource();
  if (resource.resourceType === resourceType) return resource;
  throw badValue(`The resource is not a ${resourceType}, as the URL says.`, 'resourceType');
}

function resourceWithId(line: RequestLine, resourceType: string, id: string): ResourceContent {
  const resource = resourceOfType(line, resourceType);
  if (resource.id === id) return resource;
  const problem = resource.id === undefined ? 'has no id' : 'has another id than the URL';
  throw badValue(`The resource ${problem}; an update must carry the id ${id}.`, `${resourceType}.id`);
}

function onlyEtag(header: string): string {
  const [versionId, ...others] = parseEtags(header);
  if (versionId === undefined || others.length > 0) {
    throw badRequest('If-Match must name exactly one version.', 'http.If-Match');
  }
  return versionId;
}

function notServed(line: RequestLine): FhirError {
  return methodNotAllowed(`${line.method} [base]/${line.path.map(printable).join('/')} is not served.`);
}

/** Text of a request as it may be repeated in an answer. */
const printable = (text: string): string => text.slice(0, 64).replace(/[^\w$.:-]/g, '?');
