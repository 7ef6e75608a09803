/** Changing the lists and single values of an object together with their companions (FHIR R4, json.html#primitive). */
import { itemsOf, type JsonTree, type ObjectTree, withMember } from '../../fhir/json-tree.ts';

/** `undefined` keeps the place of a repetition that has no value, or no companion. */
type Items = readonly (JsonTree | undefined)[];

const NULL: JsonTree = { kind: 'scalar', text: 'null' };
const isNull = (tree: JsonTree): boolean => tree.kind === 'scalar' && tree.text === 'null';

/** How many repetitions a property has, those without a value counted. */
export const countOf = (object: ObjectTree, property: string): number =>
  Math.max(itemsOf(object.members.get(property)).length, itemsOf(object.members.get(`_${property}`)).length);

/** The object with the same change made to the list of values and, where there is one, to that of the companions. */
export function changeList(
  object: ObjectTree,
  property: string,
  change: (items: Items, isCompanion: boolean) => Items,
): ObjectTree {
  const length = countOf(object, property);
  const padded = (key: string): Items => {
    const items = itemsOf(object.members.get(key)).map((item) => (isNull(item) ? undefined : item));
    return Array.from({ length }, (_, index) => items[index]);
  };
  const changed = withMember(object, property, toArray(change(padded(property), false)));
  const companion = `_${property}`;
  if (!object.members.has(companion)) return changed;
  return withMember(changed, companion, toArray(change(padded(companion), true)));
}

function toArray(items: Items): JsonTree | undefined {
  if (items.every((item) => item === undefined)) return undefined;
  return { kind: 'array', items: items.map((item) => item ?? NULL) };
}

/** The object without a property and its companion. */
export const withoutProperty = (object: ObjectTree, property: string): ObjectTree =>
  withMember(withMember(object, property, undefined), `_${property}`, undefined);

/** The tree with the object at `keys` changed; an array or object that is left empty goes too. */
export function changeAt(
  tree: JsonTree,
  keys: readonly (string | number)[],
  change: (object: ObjectTree) => ObjectTree,
): JsonTree {
  const [key, ...rest] = keys;
  if (key === undefined) return tree.kind === 'object' ? change(tree) : tree;
  if (typeof key === 'number') {
    const items = itemsOf(tree);
    const item = items[key];
    return item ? { kind: 'array', items: items.with(key, changeAt(item, rest, change)) } : tree;
  }
  const member = tree.kind === 'object' ? tree.members.get(key) : undefined;
  return tree.kind === 'object' && member ? withMember(tree, key, changeAt(member, rest, change)) : tree;
}
