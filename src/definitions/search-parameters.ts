/** The SearchParameter resources in `search-params/`, and which of them apply to a type (FHIR R4, searchparameter.html). */

import { readdir } from 'node:fs/promises';
import { brokenDeclaration, isRecord, isTextList, readDeclaration } from './declaration-file.ts';

/** The value set `search-param-type` (R4). */
const searchParamTypes = [
  'number',
  'date',
  'string',
  'token',
  'reference',
  'composite',
  'quantity',
  'uri',
  'special',
] as const;

export type SearchParamType = (typeof searchParamTypes)[number];

/** One part of a composite parameter: the canonical URL of its definition, and its path from the composite's element. */
export interface SearchParameterComponent {
  readonly definition: string;
  readonly expression: string;
}

/** What the server reads from a SearchParameter resource. */
export interface SearchParameterDefinition {
  readonly resourceType: 'SearchParameter';
  /** Also the name of its file. */
  readonly id: string;
  /** Canonical URL. */
  readonly url: string;
  readonly description: string;
  /** The name in a query. */
  readonly code: string;
  /** Resource types; `Resource` and `DomainResource` stand for all that derive from them. */
  readonly base: readonly string[];
  readonly type: SearchParamType;
  /** FHIRPath, with one alternative per base; absent where the parameter isn't about elements (`_text`). */
  readonly expression?: string;
  /** Of a reference parameter: the resource types it may point to. */
  readonly target?: readonly string[];
  /** Canonical URL of the definition in whose place this one stands. */
  readonly derivedFrom?: string;
  /** Of a composite parameter, in the order of its values. */
  readonly component?: readonly SearchParameterComponent[];
}

/** The three R4 types that derive from Resource itself, so that `DomainResource` doesn't stand for them. */
const notDomainResources: ReadonlySet<string> = new Set(['Binary', 'Bundle', 'Parameters']);

const types: ReadonlySet<unknown> = new Set(searchParamTypes);
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isAbsentOr = (check: (value: unknown) => boolean, value: unknown): boolean => value === undefined || check(value);
const isComponent = (value: unknown): boolean =>
  isRecord(value) && isText(value['definition']) && isText(value['expression']);
const isComponentList = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(isComponent);

/** The first element of the resource that is not as this server needs it, or undefined when all are. */
function firstFault(resource: Readonly<Record<string, unknown>>, id: string): string | undefined {
  const checks: Readonly<Record<string, boolean>> = {
    resourceType: resource['resourceType'] === 'SearchParameter',
    id: resource['id'] === id,
    url: isText(resource['url']),
    description: isText(resource['description']),
    code: isText(resource['code']),
    base: isTextList(resource['base']) && resource['base'].length > 0,
    type: types.has(resource['type']),
    expression: isAbsentOr(isText, resource['expression']),
    target: isAbsentOr(isTextList, resource['target']),
    derivedFrom: isAbsentOr(isText, resource['derivedFrom']),
    component: resource['type'] === 'composite' ? isComponentList(resource['component']) : true,
  };
  return Object.keys(checks).find((element) => !checks[element]);
}

function loadSearchParameter(file: URL, id: string): SearchParameterDefinition {
  const resource = readDeclaration(file);
  if (!isRecord(resource)) throw brokenDeclaration(file, 'is not a resource');
  const fault = firstFault(resource, id);
  if (fault !== undefined) {
    const found = JSON.stringify(resource[fault]) ?? 'nothing';
    throw brokenDeclaration(file, `has no usable SearchParameter.${fault}: found ${found}`);
  }
  // The checks above are what makes this true.
  return resource as unknown as SearchParameterDefinition;
}

/**
 * Loads every definition of the project whose root directory is given (a `file:` URL that ends in `/`), sorted by id; of
 * two with one derived from the other, the derived one.
 * Throws an error that names the file when one is broken or its id is not the file's name.
 */
export async function loadSearchParameters(root: URL): Promise<readonly SearchParameterDefinition[]> {
  const directory = new URL('search-params/', root);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
  const all = names.map((name) => loadSearchParameter(new URL(name, directory), name.slice(0, -'.json'.length)));
  const replaced = new Set(all.map(({ derivedFrom }) => derivedFrom));
  return all.filter(({ url }) => !replaced.has(url));
}

/** The definitions that apply to a resource type: its own, and those that it has from Resource and DomainResource. */
export function searchParametersOf(
  resourceType: string,
  all: readonly SearchParameterDefinition[],
): readonly SearchParameterDefinition[] {
  const bases = new Set([resourceType, 'Resource']);
  if (!notDomainResources.has(resourceType)) bases.add('DomainResource');
  return all.filter(({ base }) => base.some((type) => bases.has(type)));
}
