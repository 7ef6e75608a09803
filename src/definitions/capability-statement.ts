/** What this server promises, as a resource (FHIR R4, capabilitystatement.html), made from the declarations. */
import type {
  CapabilityStatement,
  CapabilityStatementRest,
  CapabilityStatementRestResource,
  CapabilityStatementRestResourceSearchParam,
  CapabilityStatementRestSecurity,
} from '@medplum/fhirtypes';
import { includeValues } from '../search/include.ts';
import type { CompiledSearchParameter } from '../search/parameter.ts';
import type { Definitions } from './load.ts';
import { isForType, type OperationDeclaration } from './operations.ts';
import {
  joinParameters,
  mediaType,
  resultParameters,
  type ServerInstance,
  software,
  systemInteractions,
  typeInteractions,
} from './server.ts';

/** The same statement for the same declarations and base URL, whenever it is asked for. */
export function buildCapabilityStatement(definitions: Definitions, instance: ServerInstance): CapabilityStatement {
  const { baseUrl } = instance;
  return {
    resourceType: 'CapabilityStatement',
    url: `${baseUrl}/metadata`,
    version: software.version,
    name: software.name,
    title: 'Jenner, an open Immunization Information System',
    status: 'active',
    date: software.releaseDate,
    kind: 'instance',
    software,
    implementation: { description: 'A FHIR server for immunization records', url: baseUrl },
    fhirVersion: '4.0.1',
    format: [mediaType, 'application/fhir+xml', 'json', 'xml'],
    patchFormat: ['application/json-patch+json', mediaType],
    rest: [buildRest(definitions, instance)],
  };
}

function buildRest(definitions: Definitions, instance: ServerInstance): CapabilityStatementRest {
  return {
    mode: 'server',
    documentation: REST_DOCUMENTATION,
    security: buildSecurity(instance),
    resource: definitions.resourceTypes.map((resourceType) => buildResource(definitions, resourceType, instance)),
    interaction: systemInteractions.map((code) => ({ code })),
    searchParam: [...definitions.commonParameters.map(buildSearchParam), ...joinParameters.map(buildJoinParam), HAS],
    compartment: ['http://hl7.org/fhir/CompartmentDefinition/patient'],
    operation: definitions.operations.filter(({ system }) => system).map(buildOperation),
  };
}

const REST_DOCUMENTATION = [
  'A path, search parameter or modifier that is not listed here is refused with an OperationOutcome that names it.',
  `Beside the parameters of its type, every search takes ${resultParameters.map(({ name }) => `\`${name}\``).join(', ')}; ` +
    'its pages are joined by `next` links. `_sort` takes any parameter of the type where the matches are few, and for ' +
    'many those that an index serves: the refusal names them.',
  'Parameters whose elements are References chain to the parameters of what they refer to (`patient.identifier`, ' +
    '`subject:Patient.organization.name`, and within `_has`); canonical references do not.',
  'A search across types (`[base]?_type=…`) takes what all of its types are searched by, `Patient/[id]/[type]` and ' +
    '`Patient/[id]/*` search what belongs to a patient.',
  'With `Prefer: handling=lenient` parameters that are not known are passed over, and named in an OperationOutcome.',
  'With `Prefer: respond-async` a search, a history or `$everything` is answered 202; its answer is at `Content-Location`.',
  'Transactions and conditional writes need a database that has transactions (a MongoDB replica set); without one ' +
    'they are refused with 501.',
].join('\n\n');

const OPEN =
  'Access control is off: the operator has switched it off (`JENNER_AUTH=off`), which is possible only on an address ' +
  'that no other machine can reach.';

const SMART =
  'Every request but this one and `.well-known/smart-configuration` needs an access token (SMART App Launch 2.2, scopes ' +
  'of version 1 and 2). What a token gives no access to is answered as if it were not there.';

/** Where SMART apps of version 1 look for the authorization server (SMART App Launch, conformance.html). */
const OAUTH_URIS = 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris';

function buildSecurity({ cors = false, smart }: ServerInstance): CapabilityStatementRestSecurity {
  if (!smart) return { cors, description: OPEN };
  const uris = {
    authorize: smart.authorization_endpoint,
    token: smart.token_endpoint,
    introspect: smart.introspection_endpoint,
    revoke: smart.revocation_endpoint,
    register: smart.registration_endpoint,
    manage: smart.management_endpoint,
  };
  const extension = Object.entries(uris).flatMap(([url, valueUri]) => (valueUri ? [{ url, valueUri }] : []));
  const service = { system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' };
  return {
    extension: [{ url: OAUTH_URIS, extension }],
    cors,
    service: [{ coding: [service], text: 'OAuth2 using SMART-on-FHIR profile (see http://docs.smarthealthit.org)' }],
    description: SMART,
  };
}

/** The definition is HL7's; its canonical says all about the operation. */
const buildOperation = ({ code, url }: OperationDeclaration) => ({ name: code, definition: url });

function buildResource(
  definitions: Definitions,
  resourceType: string,
  { conditionalDelete = 'single' }: ServerInstance,
): CapabilityStatementRestResource {
  const operation = definitions.operations.filter(
    (declared) => (declared.type || declared.instance) && isForType(declared, resourceType),
  );
  const searchParam = definitions.searchParameters(resourceType).map(buildSearchParam);
  const { include, revinclude } = includeValues(resourceType, {
    servedTypes: definitions.resourceTypes,
    parametersOf: definitions.searchParameters,
  });
  return {
    type: resourceType as CapabilityStatementRestResource['type'],
    profile: `http://hl7.org/fhir/StructureDefinition/${resourceType}`,
    interaction: typeInteractions.map((code) => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: 'full-support',
    conditionalUpdate: true,
    conditionalDelete,
    referencePolicy: ['literal', 'logical'],
    // An empty array is not valid FHIR (json.html).
    ...(include.length === 0 ? {} : { searchInclude: [...include] }),
    ...(revinclude.length === 0 ? {} : { searchRevInclude: [...revinclude] }),
    ...(searchParam.length === 0 ? {} : { searchParam }),
    ...(operation.length === 0 ? {} : { operation: operation.map(buildOperation) }),
  };
}

const buildJoinParam = ({
  name,
  url,
  type,
  description,
}: (typeof joinParameters)[number]): CapabilityStatementRestResourceSearchParam => ({
  name,
  ...(url ? { definition: url } : {}),
  type,
  documentation: description,
});

/** search.html#has; the name of each such parameter says what it asks. */
const HAS: CapabilityStatementRestResourceSearchParam = {
  name: '_has',
  type: 'special',
  documentation:
    '`_has:[type]:[reference]:[parameter]`: what is referred to by resources of the type for which the parameter holds.',
};

function buildSearchParam(parameter: CompiledSearchParameter): CapabilityStatementRestResourceSearchParam {
  const { code, url, type } = parameter;
  const modifiers = listModifiers(parameter);
  const documentation = modifiers.length === 0 ? {} : { documentation: `Modifiers: ${modifiers.join(' ')}` };
  return { name: code, definition: url, type, ...documentation };
}

/** `:[type]` stands for the resource types that a Reference may name (search.html#reference). */
function listModifiers({ modifiers, type, types, targets }: CompiledSearchParameter): readonly string[] {
  const named = [...modifiers].map((modifier) => `\`:${modifier}\``);
  return type === 'reference' && types.has('Reference') && targets.length > 0 ? [...named, '`:[type]`'] : named;
}
