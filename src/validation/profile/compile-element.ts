/**
 * One element of a profile as a check (FHIR R4, profiling.html). What the element says no more than R4 itself does is left
 * out: that is checked once, for every resource, by the layers before this one.
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { bindingOf, checkBinding } from '../binding.ts';
import type { Item } from '../fhirpath/collection.ts';
import type { Place } from '../place.ts';
import { compileConstraint } from './constraint.ts';
import { compileDiscriminator, type SliceTest } from './discriminator.ts';
import type { ElementNode } from './element-tree.ts';
import { compileFixedOrPattern } from './fixed-pattern.ts';
import { compileLimits } from './limits.ts';
import type { ProfileScope } from './profile-scope.ts';
import { type ChildCheck, type ItemCheck, type Run, report } from './run.ts';
import { type CompiledSlice, type CompiledSlicing, checkSlicing, type PlacedItem } from './slicing.ts';
import { compileTypes } from './type-narrowing.ts';

/** What is checked of one value of the element; undefined where there is nothing. */
export function compileItem(node: ElementNode, scope: ProfileScope): ItemCheck | undefined {
  const { definition } = node;
  const inherited = scope.inherited(definition);
  const checks: readonly ItemCheck[] = [
    ...compileTypes(definition, inherited, scope.typeOfProfile),
    ...(inherited && sameFixed(definition, inherited) ? [] : listOf(compileFixedOrPattern(definition))),
    ...compileLimits(definition, inherited),
    ...compileElementBinding(definition, inherited),
    ...compileConstraints(definition, scope),
    ...compileTypeProfiles(definition, scope),
    ...compileChildren(node, scope),
  ];
  return inSequence(checks);
}

const listOf = <Value>(value: Value | undefined): readonly Value[] => (value === undefined ? [] : [value]);

/** Of base definitions only `Extension.url` and the like are fixed, by the profile itself. */
const sameFixed = (definition: ElementDefinition, inherited: ElementDefinition): boolean =>
  JSON.stringify(compileKey(definition)) === JSON.stringify(compileKey(inherited));

const compileKey = (definition: ElementDefinition): readonly unknown[] =>
  Object.entries(definition).filter(([key]) => /^(?:fixed|pattern)[A-Z]/.test(key));

function inSequence(checks: readonly ItemCheck[]): ItemCheck | undefined {
  const [first, ...more] = checks;
  if (!first || more.length === 0) return first;
  return (item, place, run) => {
    for (const check of checks) check(item, place, run);
  };
}

function compileElementBinding(
  definition: ElementDefinition,
  inherited: ElementDefinition | undefined,
): readonly ItemCheck[] {
  const binding = bindingOf(definition);
  const before = inherited && bindingOf(inherited);
  if (!binding || (before?.strength === binding.strength && sameSet(before.valueSet, binding.valueSet))) return [];
  return [
    (item, place, run) => {
      for (const { at, ...fault } of checkBinding(binding, item, run.terminology)) {
        const faulty = at === undefined ? place : { above: place, element: at, index: -1 };
        report(run, faulty, fault);
      }
    },
  ];
}

const sameSet = (one: string, other: string): boolean => one.split('|')[0] === other.split('|')[0];

/** A constraint that can't be evaluated is left out, and noted. */
function compileConstraints(definition: ElementDefinition, scope: ProfileScope): readonly ItemCheck[] {
  return (definition.constraint ?? []).flatMap((constraint) => {
    if (scope.isInheritedConstraint(definition, constraint)) return [];
    try {
      const isNoBoolean = (name: string): boolean => scope.isNoBoolean(definition, name);
      return [compileConstraint(constraint, { ...scope.paths, isNoBoolean })];
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      scope.note(`${constraint.key} of ${definition.id} is not evaluated: ${why}`);
      return [];
    }
  });
}

/** A value must agree with one of the profiles that its type names, as far as they are loaded. */
function compileTypeProfiles(definition: ElementDefinition, scope: ProfileScope): readonly ItemCheck[] {
  const profiles = (definition.type ?? []).flatMap(({ code, profile }) =>
    code === 'Reference' ? [] : (profile ?? []),
  );
  if (profiles.length === 0 || profiles.some((canonical) => !scope.isLoaded(canonical))) return [];
  const checks = profiles.map((canonical) => scope.profile(canonical));
  return [
    (item, place, run) => {
      const outcomes = checks.map((check) => {
        const found: Run['found'] = [];
        check()?.(item, place, { ...run, found });
        return found;
      });
      const best = outcomes.find((found) => !found.some(({ severity }) => severity === 'error')) ?? outcomes[0] ?? [];
      run.found.push(...best);
    },
  ];
}

/** The checks of the elements below. */
export function compileChildren(node: ElementNode, scope: ProfileScope): readonly ChildCheck[] {
  const { children, definition } = node;
  const referred = children.length === 0 ? scope.contentReference(definition) : undefined;
  if (referred) return [lazily(() => compileChildren(referred, scope))];
  return children.flatMap((child) => compileChild(child, scope) ?? []);
}

/** A content reference may lead back to where it is. */
function lazily(compile: () => readonly ChildCheck[]): ChildCheck {
  let checks: readonly ChildCheck[] | undefined;
  return (parent, place, run) => {
    checks ??= compile();
    for (const check of checks) check(parent, place, run);
  };
}

function compileChild(node: ElementNode, scope: ProfileScope): ChildCheck | undefined {
  const { definition } = node;
  const name = node.name.replace('[x]', '');
  const count = compileCount(definition, scope);
  const item = compileItem(node, scope);
  const slicing = compileSlicing(node, scope);
  if (!count && !item && !slicing) return undefined;
  const repeats = definition.base?.max !== '1';
  const children = scope.paths.children(name);
  return (parent, place, run) => {
    const items = children(parent);
    const placeOf = (index: number): Place => ({ above: place, element: name, index: repeats ? index : -1 });
    count?.(items.length, { parent: place, placeOf, run });
    if (item) for (let index = 0; index < items.length; index++) item(items[index] as Item, placeOf(index), run);
    if (slicing)
      slicing(
        items.map((one, index) => ({ item: one, place: placeOf(index) })),
        { parent: place, run },
      );
  };
}

interface Counting {
  readonly parent: Place;
  readonly placeOf: (index: number) => Place;
  readonly run: Run;
}

const toMaximum = (max: string | undefined): number =>
  max === undefined || max === '*' ? Number.POSITIVE_INFINITY : Number(max);

function compileCount(
  definition: ElementDefinition,
  scope: ProfileScope,
): ((count: number, counting: Counting) => void) | undefined {
  const { path = '' } = definition;
  const inherited = scope.inherited(definition);
  const [min, max] = [definition.min ?? 0, toMaximum(definition.max)];
  if (min <= (inherited?.min ?? 0) && max >= toMaximum(inherited?.max)) return undefined;
  const name = path.slice(path.lastIndexOf('.') + 1);
  const most = max === 0 ? `${name} must not be there.` : `At most ${max} of ${name} may be there.`;
  const least = min === 1 ? `${name} is required.` : `At least ${min} of ${name} are required.`;
  return (count, { parent, placeOf, run }) => {
    if (count < min) report(run, parent, { severity: 'error', code: 'required', id: 'profile-min', message: least });
    if (count > max)
      report(run, placeOf(max), { severity: 'error', code: 'structure', id: 'profile-max', message: most });
  };
}

type SlicingCheck = (items: readonly PlacedItem[], at: { readonly parent: Place; readonly run: Run }) => void;

/** Slices that can't be told apart here are left out, and noted. */
function compileSlicing(node: ElementNode, scope: ProfileScope): SlicingCheck | undefined {
  const { slicing } = node.definition;
  if (!slicing || node.slices.length === 0) return undefined;
  const slices = node.slices.map((slice) => compileSlice(slice, node, scope));
  if (slices.some((slice) => slice === undefined)) {
    scope.note(`the slices of ${node.definition.id} are not checked: what tells them apart is not evaluated`);
    return undefined;
  }
  const compiled: CompiledSlicing = {
    slices: slices.flatMap((slice) => slice ?? []),
    rules: slicing.rules ?? 'open',
    ordered: slicing.ordered === true,
  };
  return isIdle(compiled) ? undefined : (items, at) => checkSlicing(compiled, items, at);
}

const isIdle = ({ slices, rules, ordered }: CompiledSlicing): boolean =>
  rules === 'open' &&
  !ordered &&
  slices.every(({ min, max, check }) => min === 0 && max === Number.POSITIVE_INFINITY && !check);

function compileSlice(slice: ElementNode, owner: ElementNode, scope: ProfileScope): CompiledSlice | undefined {
  const { sliceName = '', min = 0, max } = slice.definition;
  const test = compileSliceTest(slice, owner, scope);
  if (!test) return undefined;
  if (slice.slices.length > 0) scope.note(`the slices of the slice ${slice.definition.id} are not checked`);
  return {
    name: sliceName,
    test,
    min,
    max: toMaximum(max),
    check: compileItem(slice, scope.inSlice(owner.definition)),
  };
}

function compileSliceTest(slice: ElementNode, owner: ElementNode, scope: ProfileScope): SliceTest | undefined {
  const discriminators = owner.definition.slicing?.discriminator ?? [];
  const scopeOf = { children: scope.paths.children, tree: scope.tree };
  const tests = discriminators.map((discriminator) => compileDiscriminator(discriminator, slice, scopeOf));
  if (tests.length === 0 || tests.some((test) => test === undefined)) return undefined;
  return (item, run) => tests.every((test) => test?.(item, run));
}
