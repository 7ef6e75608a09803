/** How the items of a list are told to be of a slice (FHIR R4, profiling.html#discriminator). */
import type { ElementDefinitionSlicingDiscriminator } from '@medplum/fhirtypes';
import { isObject } from '../../fhir/resource-content.ts';
import { type Binding, bindingOf } from '../binding.ts';
import type { ChildLookup } from '../fhirpath/children.ts';
import type { Collection, Item } from '../fhirpath/collection.ts';
import { isOfType, referencedType } from '../fhirpath/types.ts';
import { choiceOf, type ElementNode } from './element-tree.ts';
import { valueTestOf } from './fixed-pattern.ts';
import type { Run } from './run.ts';

/** Whether an item is of the slice. */
export type SliceTest = (item: Item, run: Run) => boolean;

export interface SliceScope {
  /** The children of an item by name. */
  readonly children: ChildLookup;
  /** The element tree of a profile; undefined for one that is not loaded. */
  readonly tree: (canonical: string) => ElementNode | undefined;
}

/** What a discriminator looks at: the items at its path, and the slice's elements there. */
interface Target {
  readonly reach: (item: Item) => Collection;
  /** Several where a slice constrains the element in its own profile too. */
  readonly nodes: readonly ElementNode[];
  /** Whether the path ends in resolve(): the type of the target is all that is known of it. */
  readonly resolved: boolean;
  /** Name of the only step, where there is one. */
  readonly property?: string;
}

/** The test of one discriminator; undefined where it is of a kind that can't be evaluated, or the slice does not fix it. */
export function compileDiscriminator(
  { type, path }: ElementDefinitionSlicingDiscriminator,
  slice: ElementNode,
  scope: SliceScope,
): SliceTest | undefined {
  const target = followPath(path ?? '$this', slice, scope);
  if (!target) return undefined;
  switch (type) {
    case 'value':
    case 'pattern':
      return target.resolved ? undefined : compileValue(target, scope);
    case 'exists':
      return target.resolved ? undefined : compileExists(target);
    case 'type':
      return compileType(target);
    default:
      return undefined;
  }
}

type Step = (target: Target, argument: string, scope: SliceScope) => Target;

/** The part of FHIRPath that R4 allows there, each step with its argument. */
const STEPS: readonly (readonly [RegExp, Step])[] = [
  [/^\$this()(?:\.|$)/, (target) => target],
  [/^extension\('([^']+)'\)(?:\.|$)/, toExtension],
  [/^ofType\((\w+)\)(?:\.|$)/, toType],
  [/^resolve\(\)()(?:\.|$)/, (target) => ({ ...target, resolved: true })],
  [/^(\w+)(?:\.|$)/, toChild],
];

const ITSELF = (item: Item): Collection => [item];

function followPath(path: string, slice: ElementNode, scope: SliceScope): Target | undefined {
  let target: Target = { reach: ITSELF, nodes: [slice], resolved: false };
  for (let rest = path; rest !== ''; ) {
    const taken = takeStep(rest);
    // Nothing of what a reference points to is known but its type.
    if (!taken || target.resolved) return undefined;
    target = taken.step(target, taken.argument, scope);
    rest = rest.slice(taken.length);
  }
  return target;
}

function takeStep(path: string): { step: Step; argument: string; length: number } | undefined {
  for (const [pattern, step] of STEPS) {
    const [text, argument = ''] = pattern.exec(path) ?? [];
    if (text !== undefined) return { step, argument, length: text.length };
  }
  return undefined;
}

function toChild({ reach, nodes }: Target, name: string, scope: SliceScope): Target {
  const below = nodes.flatMap((node) => [node, ...profilesOf(node, scope)]).flatMap(({ children }) => children);
  const children = scope.children(name);
  return {
    reach: reach === ITSELF ? children : (item) => reach(item).flatMap(children),
    ...(reach === ITSELF ? { property: name } : {}),
    nodes: below.filter((node) => node.name === name || node.name === `${name}[x]`),
    resolved: false,
  };
}

/** The element as the profiles of its type have it: an extension's `url` is fixed in its own definition. */
function profilesOf({ definition }: ElementNode, scope: SliceScope): readonly ElementNode[] {
  const profiles = (definition.type ?? []).flatMap(({ profile }) => profile ?? []);
  return profiles.length === 1 ? profiles.flatMap((canonical) => scope.tree(canonical) ?? []) : [];
}

function toExtension(target: Target, url: string, scope: SliceScope): Target {
  const { reach, nodes } = toChild(target, 'extension', scope);
  const isThatOne = ({ value }: Item): boolean => (value as { readonly url?: unknown } | undefined)?.url === url;
  const slices = nodes.flatMap((node) => node.slices).filter((node) => urlsOf(node, scope).includes(url));
  return { reach: (item) => reach(item).filter(isThatOne), nodes: slices, resolved: false };
}

function urlsOf(node: ElementNode, scope: SliceScope): readonly unknown[] {
  const own = (node.definition.type ?? []).flatMap(({ profile }) => profile ?? []);
  const fixed = [node, ...profilesOf(node, scope)].flatMap(({ children }) => children);
  return [...own, ...fixed.flatMap(({ name, definition }) => (name === 'url' ? [definition.fixedUri] : []))];
}

function toType({ reach, nodes, resolved }: Target, type: string): Target {
  return { reach: (item) => reach(item).filter((found) => isOfType(found, type)), nodes, resolved };
}

/** By the fixed value or pattern at the path, at what is below it, or by a required binding (profiling.html#discriminator). */
function compileValue({ reach, nodes, property }: Target, scope: SliceScope): SliceTest | undefined {
  const tests = nodes
    .flatMap((node) => [node, ...profilesOf(node, scope)])
    .flatMap((node) => nodeTest(node, scope) ?? []);
  const literal = fixedLiteral(nodes.flatMap((node) => [node, ...profilesOf(node, scope)]));
  if (property !== undefined && literal !== undefined) {
    // Nearly every slice is one of extensions by their url: no need to go by types.
    return ({ value }) => isObject(value) && value[property] === literal;
  }
  if (tests.length === 0) return undefined;
  return (item, run) => reach(item).some((found) => tests.every((test) => test(found, run)));
}

/** The text that the only element must be. */
function fixedLiteral([node, ...more]: readonly ElementNode[]): string | undefined {
  const fixed = node && choiceOf(node.definition, 'fixed');
  return typeof fixed === 'string' && more.length === 0 && !node?.name.endsWith('[x]') ? fixed : undefined;
}

function nodeTest(node: ElementNode, scope: SliceScope): SliceTest | undefined {
  const { definition, children } = node;
  const value = valueTestOf(definition);
  if (value) return (item) => value(item.value);
  const below = children.flatMap((child) => {
    const test = nodeTest(child, scope);
    const reach = scope.children(child.name.replace('[x]', ''));
    return test ? [(item: Item, run: Run) => reach(item).some((found) => test(found, run))] : [];
  });
  if (below.length > 0) return (item, run) => below.every((test) => test(item, run));
  const binding = bindingOf(definition);
  return binding?.strength === 'required' ? bindingTest(binding) : undefined;
}

const bindingTest =
  ({ valueSet }: Binding): SliceTest =>
  (item, { around }) =>
    around.memberOf(item.value, valueSet) === true;

function compileExists({ reach, nodes }: Target): SliceTest | undefined {
  const [node] = nodes;
  if (!node) return undefined;
  const { min = 0, max } = node.definition;
  if (max === '0') return (item) => reach(item).length === 0;
  return min > 0 ? (item) => reach(item).length > 0 : undefined;
}

function compileType({ reach, nodes, resolved }: Target): SliceTest | undefined {
  const types = nodes.flatMap(({ definition }) => definition.type ?? []);
  if (types.length === 0) return undefined;
  if (!resolved) return (item) => reach(item).some((found) => types.some(({ code }) => isOfType(found, code ?? '')));
  const targets = types.flatMap(({ targetProfile }) => targetProfile ?? []);
  if (targets.length === 0) return undefined;
  return (item, { around }) => {
    const { contained } = around.rootResource.value as { readonly contained?: unknown };
    return reach(item).some(({ value }) => {
      const type = referencedType(value, contained);
      return type !== undefined && targets.some((canonical) => canonical.endsWith(`/StructureDefinition/${type}`));
    });
  };
}
