/** What this server promises, for tools that know OpenAPI (Specification 3.1.0), made from the declarations. */
import type { Definitions } from './load.ts';
import type { OpenApiComponents, OpenApiDocument, OpenApiPath } from './openapi-document.ts';
import {
  historyOfSystem,
  invokeOperation,
  isLive,
  isReady,
  processBundle,
  readCapabilities,
  searchAcrossTypes,
  typeOperation,
} from './openapi-operations.ts';
import {
  buildOperationParameters,
  buildParameters,
  criteriaParameters,
  refersToParameter,
  searchQueryParameters,
} from './openapi-parameters.ts';
import { buildRequestBodies, buildResponses, HEADERS } from './openapi-responses.ts';
import { buildSchemas } from './openapi-schemas.ts';
import { isForType, type OperationDeclaration } from './operations.ts';
import {
  conditionalInteractions,
  type ServerInstance,
  servedInteractions,
  software,
  typeInteractions,
} from './server.ts';

/** The same document for the same declarations and base URL, whenever it is asked for. */
export function buildOpenApi(definitions: Definitions, instance: ServerInstance): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Jenner, an open Immunization Information System',
      version: software.version,
      description: DESCRIPTION,
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: instance.baseUrl, description: 'FHIR R4' }],
    // No scheme: this version runs with access control off only, and says so in its CapabilityStatement.
    security: [],
    tags: buildTags(definitions),
    paths: buildPaths(definitions, instance),
    components: buildComponents(definitions),
  };
}

const DESCRIPTION = [
  'A FHIR R4 (4.0.1) server. The elements of the resources are as FHIR defines them; this document has their frame.',
  'A FHIR path that is listed answers 405 to a method that is not, except HEAD: that is answered like GET, without its body.',
  'Search parameters take modifiers (`code:modifier=value`): the CapabilityStatement at `metadata` lists those of each. ' +
    'A parameter or modifier that is not supported is refused with 400, never passed over.',
].join('\n\n');

const buildTags = ({ resourceTypes }: Definitions): OpenApiDocument['tags'] => [
  ...resourceTypes.map((name) => ({ name, description: `http://hl7.org/fhir/R4/${name.toLowerCase()}.html` })),
  { name: 'System', description: 'The server as a whole.' },
  { name: 'Health', description: 'For whoever runs the server.' },
];

type Paths = OpenApiDocument['paths'];

const FORMAT = (['_format', '_pretty'] as const).map(refersToParameter);

function buildPaths(definitions: Definitions, { baseUrl }: ServerInstance): Paths {
  const format = { parameters: FORMAT };
  const besideFhir = { servers: [{ url: new URL('.', baseUrl).href.replace(/\/$/, ''), description: 'Beside FHIR' }] };
  return {
    ...Object.assign({}, ...definitions.resourceTypes.map((resourceType) => typePaths(definitions, resourceType))),
    ...searchPaths(definitions),
    '/': { ...searchPaths(definitions)['/'], post: processBundle },
    '/_history': { ...format, get: historyOfSystem },
    ...operationPaths(definitions, {}),
    '/metadata': { ...format, get: readCapabilities },
    '/livez': { ...besideFhir, get: isLive },
    '/readyz': { ...besideFhir, get: isReady },
  };
}

function typePaths(definitions: Definitions, resourceType: string): Paths {
  const parameters = definitions.searchParameters(resourceType);
  const criteria = criteriaParameters(parameters);
  const subject = { resourceType, criteria, searchQuery: searchQueryParameters(parameters) };
  const paths: Record<string, OpenApiPath> = {};
  for (const code of [...typeInteractions, ...conditionalInteractions]) {
    for (const request of servedInteractions[code].requests) {
      if (request.path.startsWith('Patient/') && !definitions.isInPatientCompartment(resourceType)) continue;
      const path = toTemplate(request.path, resourceType);
      const method = request.method.toLowerCase();
      paths[path] = { ...(paths[path] ?? parametersOf(path)), [method]: typeOperation(code, subject, request) };
    }
  }
  return { ...paths, ...operationPaths(definitions, { resourceType }) };
}

/** Searches across types, by what all types are searched by. */
function searchPaths(definitions: Definitions): Paths {
  const parameters = searchQueryParameters(definitions.commonParameters);
  const paths: Record<string, OpenApiPath> = {};
  for (const request of servedInteractions['search-system'].requests) {
    const path = toTemplate(request.path, '');
    const method = request.method.toLowerCase();
    paths[path] = { ...(paths[path] ?? parametersOf(path)), [method]: searchAcrossTypes(request, parameters) };
  }
  return paths;
}

/** The operations of the system, or those of a type and of its instances. */
function operationPaths({ operations }: Definitions, { resourceType }: { readonly resourceType?: string }): Paths {
  const paths: Record<string, OpenApiPath> = {};
  for (const declaration of operations) {
    const { code, affectsState } = declaration;
    for (const { path, level } of levelsOf(declaration, resourceType)) {
      const at = { level, ...(resourceType === undefined ? {} : { resourceType }) };
      paths[`${path}/$${code}`] = {
        ...parametersOf(path),
        ...(affectsState ? {} : { get: invokeOperation(declaration, { method: 'get', ...at }) }),
        post: invokeOperation(declaration, { method: 'post', ...at }),
      };
    }
  }
  return paths;
}

interface Level {
  readonly path: string;
  readonly level: string;
}

function levelsOf(declaration: OperationDeclaration, resourceType: string | undefined): readonly Level[] {
  if (resourceType === undefined) return declaration.system ? [{ path: '', level: 'system' }] : [];
  if (!isForType(declaration, resourceType)) return [];
  const ofType = declaration.type ? [{ path: `/${resourceType}`, level: 'type' }] : [];
  return declaration.instance ? [...ofType, { path: `/${resourceType}/{id}`, level: 'instance' }] : ofType;
}

/** `[type]/[id]` of http.html as `/Patient/{id}`. */
const toTemplate = (path: string, resourceType: string): string =>
  `/${path.replace('[type]', resourceType).replaceAll(/\[(\w+)\]/g, '{$1}')}`;

/** What every request of the path takes. */
function parametersOf(path: string): OpenApiPath {
  const named = (['id', 'vid'] as const).filter((name) => path.includes(`{${name}}`));
  return { parameters: [...named.map(refersToParameter), ...FORMAT] };
}

function buildComponents(definitions: Definitions): OpenApiComponents {
  const { resourceTypes } = definitions;
  return {
    schemas: buildSchemas(resourceTypes),
    parameters: {
      ...buildParameters(resourceTypes.flatMap((resourceType) => definitions.searchParameters(resourceType))),
      ...buildOperationParameters(definitions.operations),
    },
    headers: HEADERS,
    requestBodies: buildRequestBodies(resourceTypes),
    responses: buildResponses(resourceTypes),
  };
}
