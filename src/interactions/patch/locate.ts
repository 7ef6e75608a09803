/** Where the elements are that a FHIRPath names, in the part of FHIRPath that patches need (FHIR R4, fhirpatch.html). */
import { badValue } from '../../fhir/error.ts';
import { itemsOf, type JsonTree, memberOf, stringOf } from '../../fhir/json-tree.ts';
import { type ChildElement, childElements, type ElementTable } from '../../search/element-table.ts';
import type { CallExpression, Expression } from '../../search/expression.ts';

/** One element of a resource. */
export interface Location {
  /** Property names and array indexes from the root; none for the resource itself. */
  readonly keys: readonly (string | number)[];
  /** Its value; undefined for a primitive that has only an id or extensions. */
  readonly value: JsonTree | undefined;
  readonly type: string;
  /** Where its children are declared: `Patient`, `Patient.contact`, `HumanName`. */
  readonly children: string;
  /** Every type that the element may have, and its property for each; none for the resource itself. */
  readonly declared: readonly ChildElement[];
}

export interface LocationScope {
  readonly elements: ElementTable;
  readonly resource: JsonTree;
}

/** The elements that the path names. @throws FhirError 400 where it is outside the subset. */
export function locate(path: Expression, scope: LocationScope, focus = rootLocation(scope)): readonly Location[] {
  switch (path.kind) {
    case 'name':
      return isRootName(path.name, focus) ? [rootLocation(scope)] : childLocations(focus, path.name, scope);
    case 'member':
      return locate(path.of, scope, focus).flatMap((location) => childLocations(location, path.name, scope));
    case 'index':
      return locate(path.of, scope, focus).slice(path.index, path.index + 1);
    case 'as':
      return ofType(locate(path.of, scope, focus), path.type);
    case 'call':
      return locateCall(path, scope, focus);
    default:
      throw outsideSubset(`an expression of kind "${path.kind}"`);
  }
}

export const rootLocation = ({ resource }: LocationScope): Location => {
  const type = stringOf(memberOf(resource, 'resourceType')) ?? '';
  return { keys: [], value: resource, type, children: type, declared: [] };
};

const isRootName = (name: string, { keys, type }: Location): boolean =>
  keys.length === 0 && (name === type || name === 'Resource' || name === 'DomainResource');

const outsideSubset = (what: string) =>
  badValue(
    `FHIRPath Patch supports paths of elements, [index], where(), first(), last(), ofType() and extension(), not ${what}.`,
  );

/** The elements of this name below a location. @throws FhirError 400 where its type has no such element. */
function childLocations(location: Location, name: string, { elements }: LocationScope): readonly Location[] {
  const children = childrenNamed(location, name, elements);
  return children.flatMap((child) => valuesOf(location, child, children));
}

/** The declarations of an element, one for each of its types. @throws FhirError 400 where there is none. */
export function childrenNamed(location: Location, name: string, elements: ElementTable): readonly ChildElement[] {
  const parent =
    location.type === 'Resource' ? (stringOf(memberOf(location.value, 'resourceType')) ?? '') : location.children;
  const children = childElements(elements, parent, name);
  if (children.length > 0) return children;
  throw badValue(`${parent} has no element "${name.slice(0, 64)}".`);
}

function valuesOf(
  { keys, value }: Location,
  { property, type, many, children }: ChildElement,
  declared: readonly ChildElement[],
): readonly Location[] {
  const own = memberOf(value, property);
  const companion = memberOf(value, `_${property}`);
  const at = (item: JsonTree | undefined, ...rest: readonly number[]): Location => ({
    keys: [...keys, property, ...rest],
    value: item?.kind === 'scalar' && item.text === 'null' ? undefined : item,
    type,
    children,
    declared,
  });
  if (!many) return own || companion ? [at(own)] : [];
  const [items, companions] = [itemsOf(own), itemsOf(companion)];
  return Array.from({ length: Math.max(items.length, companions.length) }, (_, index) => at(items[index], index));
}

const ofType = (locations: readonly Location[], type: string): readonly Location[] =>
  locations.filter((location) => location.type.toLowerCase() === type.toLowerCase());

function locateCall(call: CallExpression, scope: LocationScope, focus: Location): readonly Location[] {
  const [argument] = call.arguments;
  const of = call.of ? locate(call.of, scope, focus) : [focus];
  switch (call.name) {
    case 'first':
      return of.slice(0, 1);
    case 'last':
      return of.slice(-1);
    case 'where':
      return of.filter((location) => argument !== undefined && holds(argument, scope, location));
    case 'as':
    case 'ofType':
      return ofType(of, argument?.kind === 'name' ? argument.name : '');
    case 'extension':
      return of.flatMap((location) => extensionsOf(location, argument, scope));
    default:
      throw outsideSubset(`${call.name}()`);
  }
}

function extensionsOf(location: Location, url: Expression | undefined, scope: LocationScope): readonly Location[] {
  if (url?.kind !== 'literal') throw outsideSubset('extension() without a url');
  const isMeant = ({ value }: Location) => stringOf(memberOf(value, 'url')) === url.value;
  return childLocations(location, 'extension', scope).filter(isMeant);
}

/** Whether a condition of `where` holds of an element. */
function holds(condition: Expression, scope: LocationScope, focus: Location): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, scope, focus) && holds(condition.right, scope, focus);
    case 'equal':
      return isEqual(condition, scope, focus);
    case 'unequal':
      return !isEqual(condition, scope, focus);
    case 'call':
      if (condition.name === 'exists' && condition.of) return locate(condition.of, scope, focus).length > 0;
      throw outsideSubset(`${condition.name}() in a condition`);
    default:
      throw outsideSubset(`a condition of kind "${condition.kind}"`);
  }
}

type Comparison = { readonly left: Expression; readonly right: Expression };

function isEqual({ left, right }: Comparison, scope: LocationScope, focus: Location): boolean {
  if (right.kind !== 'literal') throw outsideSubset('a comparison with anything but a literal');
  return locate(left, scope, focus).some(
    ({ value }) => value?.kind === 'scalar' && JSON.parse(value.text) === right.value,
  );
}
