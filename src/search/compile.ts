/** SearchParameter resources made ready to extract and to parse (FHIR R4, searchparameter.html). */
import type { SearchParameter } from '@medplum/fhirtypes';
import { type Branch, rootBranch, step } from './branch.ts';
import { childElements, type ElementTable } from './element-table.ts';
import { parseExpression } from './expression.ts';
import type { CompiledSearchParameter, ElementPath, SearchParamType } from './parameter.ts';
import { resolvePath } from './path.ts';
import { compositeExtract } from './types/composite.ts';
import { EXTRACTORS, modifiersOf } from './types/extractors.ts';

/** What a definition is compiled against. */
export interface SearchDefinitions {
  readonly elements: ElementTable;
  /** SearchParameters by canonical url: a composite names its components. */
  readonly searchParameters: ReadonlyMap<string, SearchParameter>;
}

/**
 * Compiles a search parameter for one of its resource types.
 * @throws Error naming the parameter when it has no expression for the type, or one this server can't follow
 */
export function compileSearchParameter(
  definition: SearchParameter,
  resourceType: string,
  definitions: SearchDefinitions,
): CompiledSearchParameter {
  try {
    checkSupported(definition);
    const focus = rootBranch(resourceType);
    return definition.type === 'composite'
      ? compileComposite(definition, focus, definitions)
      : compileSimple(definition, definition.expression, { resourceType, focus, definitions });
  } catch (error) {
    const problem = (error as Error).message;
    throw new Error(`SearchParameter ${definition.url} can't be compiled for ${resourceType}: ${problem}.`);
  }
}

/** A code becomes part of a field name, so it is held to what R4 uses. */
const CODE = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const TYPES: ReadonlySet<string> = new Set([...Object.keys(EXTRACTORS), 'composite']);

function checkSupported({ code, type, xpathUsage }: SearchParameter): void {
  if (!CODE.test(code)) throw new Error(`its code "${code}" is not supported`);
  if (!TYPES.has(type)) throw new Error(`its type "${type}" is not supported`);
  if (xpathUsage !== undefined && xpathUsage !== 'normal') throw new Error(`"${xpathUsage}" matching is not supported`);
}

interface Start {
  readonly resourceType: string;
  readonly focus: Branch;
  readonly definitions: SearchDefinitions;
}

function compileSimple(
  definition: SearchParameter,
  expression: string | undefined,
  start: Start,
): CompiledSearchParameter {
  const branches = follow(expression, start);
  const type = definition.type as Exclude<SearchParamType, 'composite'>;
  const supported = searchable(branches, type, start.definitions.elements);
  const types = new Set(supported.map((branch) => branch.type));
  const targets = type === 'reference' ? targetsOf(definition, supported) : [];
  return {
    code: definition.code,
    url: definition.url,
    type,
    resourceType: start.resourceType,
    elements: supported.map((branch) => toElementPath(branch, type, targets)),
    types,
    targets,
    modifiers: modifiersOf(type, types),
    single: isSingle(supported),
    components: [],
  };
}

function follow(expression: string | undefined, { resourceType, focus, definitions }: Start): readonly Branch[] {
  if (!expression) throw new Error('it has no expression');
  const scope = { elements: definitions.elements, resourceType, focus };
  const branches = resolvePath(parseExpression(expression), scope);
  if (branches.length === 0) throw new Error(`its expression "${expression}" says nothing about this type`);
  return branches;
}

/** The branches of types that the parameter can search; of a choice at least one must be. An extension is its value. */
function searchable(
  branches: readonly Branch[],
  type: Exclude<SearchParamType, 'composite'>,
  elements: ElementTable,
): Branch[] {
  const values = branches.flatMap((branch) =>
    branch.type === 'Extension'
      ? childElements(elements, 'Extension', 'value').map((child) => step(branch, child))
      : branch,
  );
  const supported = values.filter((branch) => Object.hasOwn(EXTRACTORS[type], branch.type));
  const paths = new Set(supported.map(({ path }) => path));
  const unsupported = values.find(({ path }) => !paths.has(path));
  if (unsupported) throw new Error(`a ${type} search of ${unsupported.path} (${unsupported.type}) is not supported`);
  return supported;
}

/** A family name is searched by its parts too, so it is told from other strings by its place. */
function toElementPath(
  branch: Branch,
  type: Exclude<SearchParamType, 'composite'>,
  targets: readonly string[],
): ElementPath {
  const extractors = EXTRACTORS[type];
  const extract = extractors[branch.path] ?? extractors[branch.type];
  if (!extract) throw new Error(`a ${type} search of ${branch.path} is not supported`);
  const allowed: ReadonlySet<unknown> = new Set(targets);
  const isNested = branch.type === 'Resource' && targets.length > 0;
  return {
    path: branch.path,
    type: branch.type,
    visit: branch.visit,
    extract: isNested ? (value, add, baseUrl) => isTarget(value, allowed) && extract(value, add, baseUrl) : extract,
  };
}

const isTarget = (resource: unknown, targets: ReadonlySet<unknown>): boolean =>
  targets.has((resource as { readonly resourceType?: unknown }).resourceType);

/** What the definition allows, narrowed to what the elements do. */
function targetsOf(definition: SearchParameter, branches: readonly Branch[]): readonly string[] {
  const declared: readonly string[] = definition.target ?? [];
  const isOpen = branches.some(({ targets }) => targets.length === 0 || targets.includes('Resource'));
  const named = [...new Set(branches.flatMap(({ targets }) => targets))];
  if (isOpen) return declared;
  if (declared.length === 0) return named;
  return named.filter((target) => declared.includes(target));
}

/** The types of one choice exclude each other; two different elements don't. */
const isSingle = (branches: readonly Branch[]): boolean =>
  branches.every((branch) => branch.single && branch.path === branches[0]?.path);

function compileComposite(
  definition: SearchParameter,
  focus: Branch,
  definitions: SearchDefinitions,
): CompiledSearchParameter {
  const branches = follow(definition.expression, { resourceType: focus.type, focus, definitions });
  const perBranch = branches.map((branch) => compileComponents(definition, branch, focus.type, definitions));
  return {
    code: definition.code,
    url: definition.url,
    type: 'composite',
    resourceType: focus.type,
    elements: branches.map(({ path, type, visit }, at) => ({
      path,
      type,
      visit,
      extract: compositeExtract(perBranch[at] ?? []),
    })),
    types: new Set(branches.map(({ type }) => type)),
    targets: [],
    modifiers: modifiersOf('composite', new Set()),
    single: isSingle(branches),
    components: perBranch[0] ?? [],
  };
}

function compileComponents(
  definition: SearchParameter,
  focus: Branch,
  resourceType: string,
  definitions: SearchDefinitions,
): readonly CompiledSearchParameter[] {
  return (definition.component ?? []).map((component) => {
    const named = definitions.searchParameters.get(component.definition);
    if (!named) throw new Error(`its component ${component.definition} is not known`);
    checkSupported(named);
    if (named.type === 'composite') throw new Error('a composite inside a composite is not supported');
    const local = { ...rootBranch(focus.type), path: focus.path, children: focus.children };
    return compileSimple(named, component.expression, { resourceType, focus: local, definitions });
  });
}
