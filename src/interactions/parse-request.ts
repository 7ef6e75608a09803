/**
 * From a request line to an interaction (FHIR R4, http.html#summary), the same for HTTP and for the entries of a
 * Bundle, so that the two can't come to differ.
 */
import { parseBundle } from '../fhir/bundle.ts';
import { badValue, methodNotAllowed, notSupported } from '../fhir/error.ts';
import type { Interaction, ReturnPreference, SearchHandling, SearchParams } from '../fhir/interaction.ts';
import type { Patch } from '../fhir/patch.ts';
import type { ResourceContent } from '../fhir/resource-content.ts';
import { parseParams } from '../fhir/search-params.ts';
import { parseView } from '../fhir/subset.ts';
import { type Conditions, parseCriteria, parseKnown, parseMatch } from './parse-conditions.ts';
import { type OfInstance, type Place, parsePath, printablePath, type ServedTypes } from './parse-path.ts';
import { checkQuery } from './query-limits.ts';

export interface RequestLine extends Conditions {
  readonly method: string;
  /** The path below the base, percent-decoded, without slashes at its ends: `Patient`, `1`, `_history`. */
  readonly path: readonly string[];
  readonly params: SearchParams;
  /** `Prefer: return=…` */
  readonly returns?: ReturnPreference | undefined;
  /** `Prefer: handling=strict` */
  readonly isStrict?: boolean;
  /** `Prefer: handling=…` */
  readonly handling?: SearchHandling | undefined;
  /** Reads the body where the interaction has one. */
  readonly resource: () => ResourceContent;
  /** Reads the body as a patch. */
  readonly patch: () => Patch;
  /** Whether there is a body. */
  readonly hasBody: boolean;
}

/** What each method does at a place. */
type Methods = Readonly<Record<string, () => Interaction>>;

/** @throws FhirError 404 for an unknown type or path, 405 for a method that does not apply, 400 for a bad request. */
export function parseRequest(line: RequestLine, served: ServedTypes): Interaction {
  checkQuery(line.params);
  const place = parsePath(line.path, served);
  const methods = methodsOf(line, place);
  const interaction = Object.hasOwn(methods, line.method) ? methods[line.method] : undefined;
  if (interaction) return interaction();
  const allow = Object.keys(methods).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  throw methodNotAllowed(`${line.method} ${printablePath(line.path)} is not served.`, allow);
}

function methodsOf(line: RequestLine, place: Place): Methods {
  const { params } = line;
  switch (place.kind) {
    case 'system':
      return { GET: () => ({ code: 'search-system', ...searching(line) }), POST: () => bundleInteraction(line) };
    case 'system-search':
      return { POST: () => ({ code: 'search-system', ...searching(line) }) };
    case 'compartment':
      return { GET: () => compartmentInteraction(line, place) };
    case 'compartment-search':
      return { POST: () => compartmentInteraction(line, place) };
    case 'metadata':
      return { GET: () => capabilitiesInteraction(line) };
    case 'type':
      return typeMethods(line, place);
    case 'search':
      return { POST: () => searchInteraction(line, place) };
    case 'instance':
      return instanceMethods(line, place);
    case 'history': {
      const { resourceType, id } = place;
      return { GET: () => ({ code: 'history-instance', resourceType, id, params }) };
    }
    case 'type-history':
      return { GET: () => ({ code: 'history-type', resourceType: place.resourceType, params }) };
    case 'system-history':
      return { GET: () => ({ code: 'history-system', params }) };
    case 'version': {
      const { resourceType, id, versionId } = place;
      return { GET: () => readInteraction(line, { code: 'vread', resourceType, id, versionId }) };
    }
    case 'operation':
      return operationMethods(line, place);
  }
}

function typeMethods(line: RequestLine, place: { readonly resourceType: string }): Methods {
  const { resourceType } = place;
  const condition = () => ({ resourceType, criteria: parseCriteria(line.params), ...parseMatch(line) });
  return {
    GET: () => searchInteraction(line, place),
    POST: () => createInteraction(line, place),
    PUT: () => ({ code: 'conditional-update', ...condition(), resource: resourceOfType(line, resourceType) }),
    PATCH: () => ({ code: 'conditional-patch', ...condition(), patch: line.patch() }),
    DELETE: () => ({ code: 'conditional-delete', ...condition() }),
  };
}

function instanceMethods(line: RequestLine, { resourceType, id }: OfInstance): Methods {
  return {
    GET: () => readInteraction(line, { code: 'read', resourceType, id }),
    PUT: () => updateInteraction(line, { resourceType, id }),
    PATCH: () => withoutParams(line, { code: 'patch', resourceType, id, ...parseMatch(line), patch: line.patch() }),
    DELETE: () => withoutParams(line, { code: 'delete', resourceType, id, ...parseMatch(line) }),
  };
}

function operationMethods(line: RequestLine, place: Extract<Place, { kind: 'operation' }>): Methods {
  const { params } = line;
  const { kind: _kind, ...named } = place;
  const invoke = (method: 'GET' | 'POST', body?: ResourceContent): Interaction => ({
    code: 'operation',
    ...named,
    method,
    params,
    ...(body ? { body } : {}),
  });
  return { GET: () => invoke('GET'), POST: () => invoke('POST', line.hasBody ? line.resource() : undefined) };
}

function readInteraction(
  line: RequestLine,
  interaction: Extract<Interaction, { code: 'read' | 'vread' }>,
): Interaction {
  const { _summary, _elements, ...params } = line.params;
  const view = parseView(line.params);
  return withoutParams({ ...line, params }, { ...interaction, ...parseKnown(line), ...(view ? { view } : {}) });
}

function bundleInteraction(line: RequestLine): Interaction {
  const bundle = parseBundle(line.resource());
  if (bundle.type !== 'batch' && bundle.type !== 'transaction') {
    throw badValue('Only Bundles of type batch or transaction can be posted here.', 'Bundle.type');
  }
  const { returns } = line;
  return withoutParams(line, { code: bundle.type, bundle, ...(returns ? { returns } : {}) });
}

function capabilitiesInteraction(line: RequestLine): Interaction {
  const { mode, ...params } = line.params;
  const asked = { ...line, params };
  if (mode === 'terminology') return withoutParams(asked, { code: 'capabilities', mode });
  if (mode === undefined || mode === 'full') return withoutParams(asked, { code: 'capabilities' });
  throw notSupported('metadata is served in the modes full and terminology.', 'http.mode');
}

const searching = ({ params, handling }: RequestLine) => ({ params, ...(handling ? { handling } : {}) });

const searchInteraction = (line: RequestLine, { resourceType }: { readonly resourceType: string }): Interaction => ({
  code: 'search-type',
  resourceType,
  ...searching(line),
});

function compartmentInteraction(
  line: RequestLine,
  { owner, resourceType }: Extract<Place, { kind: 'compartment' | 'compartment-search' }>,
): Interaction {
  const compartment = { resourceType: 'Patient', id: owner.id } as const;
  const within = { ...searching(line), compartment };
  return resourceType === '*' ? { code: 'search-system', ...within } : { code: 'search-type', resourceType, ...within };
}

function createInteraction(line: RequestLine, { resourceType }: { readonly resourceType: string }): Interaction {
  const resource = resourceOfType(line, resourceType);
  const { ifNoneExist } = line;
  const condition = ifNoneExist === undefined ? {} : { ifNoneExist: parseParams(ifNoneExist.replace(/^\?/, '')) };
  return withoutParams(line, { code: 'create', resourceType, resource, ...condition });
}

function updateInteraction(line: RequestLine, { resourceType, id }: OfInstance): Interaction {
  const resource = resourceOfType(line, resourceType);
  if (resource.id === id) {
    return withoutParams(line, { code: 'update', resourceType, id, resource, ...parseMatch(line) });
  }
  const problem = resource.id === undefined ? 'has no id' : 'has another id than the URL';
  throw badValue(`The resource ${problem}; an update must carry the id ${id}.`, `${resourceType}.id`);
}

function resourceOfType(line: RequestLine, resourceType: string): ResourceContent {
  const resource = line.resource();
  if (resource.resourceType === resourceType) return resource;
  throw badValue(`The resource is not a ${resourceType}, as the URL says.`, 'resourceType');
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
