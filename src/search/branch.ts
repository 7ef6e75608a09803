/** One typed way through a resource, and the steps that lengthen it (hl7.org/fhirpath, path selection). */
import { isObject } from '../fhir/resource-content.ts';
import type { ChildElement } from './element-table.ts';
import type { Visit } from './parameter.ts';

export interface Branch {
  /** Path of its end in the element table; the types of one choice element share it. */
  readonly path: string;
  readonly type: string;
  /** Where the children of its end are in the element table. */
  readonly children: string;
  /** Whether at most one value can be at its end. */
  readonly single: boolean;
  /** Resource types that a Reference at its end may name; empty: any. */
  readonly targets: readonly string[];
  readonly visit: Visit;
}

export type Predicate = (value: unknown) => boolean;

/** Where a path starts: the resource itself, or the focus of a composite. */
export const rootBranch = (type: string): Branch => ({
  path: type,
  type,
  children: type,
  single: true,
  targets: [],
  visit: (focus, found) => found(focus),
});

export function step(branch: Branch, child: ChildElement): Branch {
  const { property } = child;
  return {
    path: child.path,
    type: child.type,
    children: child.children,
    single: branch.single && !child.many,
    targets: child.targets,
    visit: (focus, found) =>
      branch.visit(focus, (value) => {
        if (isObject(value) && Object.hasOwn(value, property)) visitAll(value[property], found);
      }),
  };
}

function visitAll(value: unknown, found: (value: unknown) => void): void {
  if (Array.isArray(value)) for (const item of value) visitAll(item, found);
  else if (value !== undefined && value !== null) found(value);
}

export const keepWhere = (branch: Branch, predicate: Predicate): Branch => ({
  ...branch,
  visit: (focus, found) =>
    branch.visit(focus, (value) => {
      if (predicate(value)) found(value);
    }),
});

/** Of all the values at the end of a path the one at this position. */
export const keepIndex = (branch: Branch, index: number): Branch => ({
  ...branch,
  single: true,
  visit: (focus, found) => {
    const value = valuesAt([branch], focus)[index];
    if (value !== undefined) found(value);
  },
});

export function valuesAt(branches: readonly Branch[], focus: unknown): readonly unknown[] {
  const values: unknown[] = [];
  for (const branch of branches) branch.visit(focus, (value) => values.push(value));
  return values;
}
