/**
 * From a request line to an interaction (FHIR R4, http.html#summary), the same for HTTP and for the entries of a
 * Bundle, so that the two can't come to differ.
 */
import { parseBundle } from '../fhir/bundle.ts';
import { badRequest, badValue, methodNotAllowed, notSupported } from '../fhir/error.ts';
import { parseEtags } from '../fhir/etag.ts';
import type { Interaction, SearchParams } from '../fhir/interaction.ts';
import type { ResourceContent } from '../fhir/resource-content.ts';
import { parseParams } from '../fhir/search-params.ts';
import { type OfInstance, type Place, parsePath, printablePath, type ServedTypes } from './parse-path.ts';

export interface RequestLine {
  readonly method: string;
  /** The path below the base, percent-decoded, without slashes at its ends: `Patient`, `1`, `_history`. */
  readonly path: readonly string[];
  readonly params: SearchParams;
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifNoneExist?: string | undefined;
  /** Reads the body where the interaction has one. */
  readonly resource: () => ResourceContent;
}

/** What each method does at a place. */
type Methods = Readonly<Record<string, () => Interaction>>;

/** @throws FhirError 404 for an unknown type or path, 405 for a method that does not apply, 400 for a bad request. */
export function parseRequest(line: RequestLine, served: ServedTypes): Interaction {
  const place = parsePath(line.path, served);
  const methods = methodsOf(line, place);
  const interaction = Object.hasOwn(methods, line.method) ? methods[line.method] : undefined;
  if (interaction) return interaction();
  if (place.kind === 'type') refuseConditional(line);
  const allow = Object.keys(methods).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  throw methodNotAllowed(`${line.method} ${printablePath(line.path)} is not served.`, allow);
}

function methodsOf(line: RequestLine, place: Place): Methods {
  switch (place.kind) {
    case 'system':
      return { POST: () => bundleInteraction(line) };
    case 'metadata':
      return { GET: () => capabilitiesInteraction(line) };
    case 'type':
      return { GET: () => searchInteraction(line, place), POST: () => createInteraction(line, place) };
    case 'search':
      return { POST: () => searchInteraction(line, place) };
    case 'instance':
      return instanceMethods(line, place);
    case 'history': {
      const { resourceType, id } = place;
      return { GET: () => ({ code: 'history-instance', resourceType, id, params: line.params }) };
    }
    case 'version': {
      const { resourceType, id, versionId } = place;
      return { GET: () => withoutParams(line, { code: 'vread', resourceType, id, versionId }) };
    }
  }
}

function instanceMethods(line: RequestLine, { resourceType, id }: OfInstance): Methods {
  return {
    GET: () => withoutParams(line, { code: 'read', resourceType, id }),
    PUT: () => updateInteraction(line, { resourceType, id }),
    DELETE: () => withoutParams(line, { code: 'delete', resourceType, id, ...matching(line) }),
  };
}

function bundleInteraction(line: RequestLine): Interaction {
  const bundle = parseBundle(line.resource());
  if (bundle.type !== 'batch' && bundle.type !== 'transaction') {
    throw badValue('Only Bundles of type batch or transaction can be posted here.', 'Bundle.type');
  }
  return withoutParams(line, { code: bundle.type, bundle });
}

function capabilitiesInteraction(line: RequestLine): Interaction {
  const { mode, ...params } = line.params;
  if (mode !== undefined && mode !== 'full') throw notSupported('metadata is served in mode full only.', 'http.mode');
  return withoutParams({ ...line, params }, { code: 'capabilities' });
}

const searchInteraction = (
  { params }: RequestLine,
  { resourceType }: { readonly resourceType: string },
): Interaction => ({
  code: 'search-type',
  resourceType,
  params,
});

function createInteraction(line: RequestLine, { resourceType }: { readonly resourceType: string }): Interaction {
  const resource = resourceOfType(line, resourceType);
  const { ifNoneExist } = line;
  const condition = ifNoneExist === undefined ? {} : { ifNoneExist: parseParams(ifNoneExist.replace(/^\?/, '')) };
  return withoutParams(line, { code: 'create', resourceType, resource, ...condition });
}

function updateInteraction(line: RequestLine, { resourceType, id }: OfInstance): Interaction {
  const resource = resourceOfType(line, resourceType);
  if (resource.id === id) return withoutParams(line, { code: 'update', resourceType, id, resource, ...matching(line) });
  const problem = resource.id === undefined ? 'has no id' : 'has another id than the URL';
  throw badValue(`The resource ${problem}; an update must carry the id ${id}.`, `${resourceType}.id`);
}

function resourceOfType(line: RequestLine, resourceType: string): ResourceContent {
  const resource = line.resource();
  if (resource.resourceType === resourceType) return resource;
  throw badValue(`The resource is not a ${resourceType}, as the URL says.`, 'resourceType');
}

/** `If-Match` of a write; any other precondition is refused, since passing over it could overwrite what it protects. */
function matching({ ifMatch, ifNoneMatch }: RequestLine): { readonly ifMatch?: string } {
  if (ifNoneMatch !== undefined) throw notSupported('If-None-Match on a write is not supported.', 'http.If-None-Match');
  if (ifMatch === undefined) return {};
  const [versionId, ...others] = parseEtags(ifMatch);
  if (versionId !== undefined && others.length === 0) return { ifMatch: versionId };
  throw badRequest('If-Match must name exactly one version.', 'http.If-Match');
}

/** The interaction, where the query asks for nothing that would be passed over. */
function withoutParams(line: RequestLine, interaction: Interaction): Interaction {
  const [name] = Object.keys(line.params);
  if (name === undefined) return interaction;
  throw notSupported(
    `The parameter "${name.slice(0, 64)}" of ${interaction.code} is not supported.`,
    `http.${name.slice(0, 64)}`,
  );
}

/** "Servers that don't support the conditional update should return an HTTP 400 error" (http.html#cond-update). */
function refuseConditional({ method, params }: RequestLine): void {
  const conditional: Readonly<Record<string, string>> = { PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
  const name = Object.hasOwn(conditional, method) ? conditional[method] : undefined;
  if (name && Object.keys(params).length > 0) throw notSupported(`A conditional ${name} is not supported.`);
}
