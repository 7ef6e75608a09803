/** What is above and below a code (FHIR R4, codesystem.html#hierarchy): nested concepts and `parent`/`child` properties. */

/** Direct relations, both ways. */
export interface Hierarchy {
  readonly parents: ReadonlyMap<string, readonly string[]>;
  readonly children: ReadonlyMap<string, readonly string[]>;
}

/** Relations are added once, whichever end says so. */
export interface HierarchyBuilder extends Hierarchy {
  add(parent: string, child: string): void;
}

export function createHierarchy(): HierarchyBuilder {
  const parents = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  const push = (map: Map<string, string[]>, key: string, value: string): void => {
    const list = map.get(key);
    if (!list) map.set(key, [value]);
    else if (!list.includes(value)) list.push(value);
  };
  return {
    parents,
    children,
    add(parent, child) {
      push(parents, child, parent);
      push(children, parent, child);
    },
  };
}

/** Everything that can be reached, nearest first, without the start; a circle ends where it began. */
export function reach(relations: ReadonlyMap<string, readonly string[]>, start: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const pending = [...(relations.get(start) ?? [])];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (next === start || reached.has(next)) continue;
    reached.add(next);
    pending.push(...(relations.get(next) ?? []));
  }
  return reached;
}
