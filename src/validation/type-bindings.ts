/**
 * The bindings of R4's own types on Coding, CodeableConcept and Quantity (FHIR R4, terminologies.html#strength): required and
 * extensible ones. Elements of type `code` are checked by their structure, where the codes can be listed.
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Terminology } from '../terminology/terminology.ts';
import { type Binding, bindingOf, checkBinding } from './binding.ts';
import type { ChildAccess, ChildLookup } from './fhirpath/children.ts';
import { resourceItem } from './fhirpath/children.ts';
import type { Item } from './fhirpath/collection.ts';
import type { Finding } from './finding.ts';
import { expressionOf, type Place } from './place.ts';
import type { DefinitionOfType } from './profile/profile-scope.ts';
import { resourcesWithin } from './profile/resources-within.ts';

/** Findings of the bindings of a resource and of those in it. */
export type ValidateBindings = (
  resource: Readonly<Record<string, unknown>>,
  terminology: Terminology,
) => readonly Finding[];

interface Search {
  readonly terminology: Terminology;
  readonly found: Finding[];
}

type ItemCheck = (item: Item, place: Place, search: Search) => void;

/** One element that has a binding, or has elements with bindings below it. */
interface BoundElement {
  readonly name: string;
  readonly access: ChildAccess;
  readonly repeats: boolean;
  readonly check: ItemCheck;
}

export function createBindingValidation(definitionOf: DefinitionOfType, children: ChildLookup): ValidateBindings {
  const elementsOf = createBoundElements(definitionOf, children);
  return (resource, terminology) => {
    const found: Finding[] = [];
    for (const { resource: one, type, place } of resourcesWithin(resource)) {
      checkElements(elementsOf(type), resourceItem(one), place, { terminology, found });
    }
    return found;
  };
}

function checkElements(elements: readonly BoundElement[], item: Item, place: Place, search: Search): void {
  for (const { name, access, repeats, check } of elements) {
    const items = access(item);
    for (let index = 0; index < items.length; index++) {
      check(items[index] as Item, { above: place, element: name, index: repeats ? index : -1 }, search);
    }
  }
}

/** Types that hold anything, or whose bindings lead nowhere: their content is checked where it is known what it is. */
const OPAQUE: ReadonlySet<string> = new Set(['Extension', 'Resource', 'Element', 'Meta', 'Narrative', 'Reference']);

/** The bound elements of a type or backbone element, by its path, compiled when they are first needed. */
function createBoundElements(
  definitionOf: DefinitionOfType,
  children: ChildLookup,
): (path: string) => readonly BoundElement[] {
  const known = new Map<string, readonly BoundElement[]>();
  const underWay = new Set<string>();
  const elementsOf = (path: string): readonly BoundElement[] => {
    const before = known.get(path);
    if (before) return before;
    const declared = definitionOf(path.split('.')[0] ?? '')?.snapshot?.element ?? [];
    if (declared.length === 0) return [];
    // Known before it is complete: types hold each other.
    const elements: BoundElement[] = [];
    known.set(path, elements);
    underWay.add(path);
    elements.push(...childrenOf(declared, path).flatMap((element) => compile(element) ?? []));
    underWay.delete(path);
    return elements;
  };
  const compile = (definition: ElementDefinition): BoundElement | undefined => {
    const binding = checkedBinding(definition);
    const inner = innerPaths(definition).filter((path) => underWay.has(path) || elementsOf(path).length > 0);
    if (!binding && inner.length === 0) return undefined;
    const path = definition.path ?? '';
    const name = path.slice(path.lastIndexOf('.') + 1).replace('[x]', '');
    return {
      name,
      access: children(name),
      repeats: definition.max !== '1',
      check: toCheck(binding, inner, elementsOf),
    };
  };
  return elementsOf;
}

const childrenOf = (elements: readonly ElementDefinition[], path: string): readonly ElementDefinition[] =>
  elements.filter(({ path: own = '' }) => own.startsWith(`${path}.`) && !own.includes('.', path.length + 1));

const CODED: ReadonlySet<string> = new Set(['Coding', 'CodeableConcept', 'Quantity', 'uri', 'string']);

function checkedBinding(definition: ElementDefinition): Binding | undefined {
  const binding = bindingOf(definition);
  if (!binding || binding.strength === 'preferred') return undefined;
  return (definition.type ?? []).some(({ code = '' }) => CODED.has(code)) ? binding : undefined;
}

/** Where the elements below are declared. */
function innerPaths({ path = '', type = [], contentReference }: ElementDefinition): readonly string[] {
  if (contentReference) return [contentReference.slice(contentReference.indexOf('#') + 1)];
  const codes = type.flatMap(({ code }) => code ?? []);
  if (codes.includes('BackboneElement') || codes.includes('Element')) return [path];
  return codes.filter((code) => /^[A-Z]/.test(code) && !OPAQUE.has(code));
}

const toCheck =
  (
    binding: Binding | undefined,
    inner: readonly string[],
    elementsOf: (path: string) => readonly BoundElement[],
  ): ItemCheck =>
  (item, place, search) => {
    if (binding) addFaults(binding, item, place, search);
    for (const path of inner) if (item.children === path) checkElements(elementsOf(path), item, place, search);
  };

function addFaults(binding: Binding, item: Item, place: Place, { terminology, found }: Search): void {
  for (const { at, ...fault } of checkBinding(binding, item, terminology)) {
    const faulty = at === undefined ? place : { above: place, element: at, index: -1 };
    found.push({ ...fault, expression: expressionOf(faulty), layer: 'binding' });
  }
}
