/**
 * What of each type may be seen: the access decision as a database condition. Every query for current versions, also
 * one inside another (chains, `_has`, includes, conditional criteria), is built through `visible`, before any limit.
 */
import { all, type Conditions } from './search/combine.ts';

/** A decision that means "no condition" is said by its name; it can't come about by leaving something out. */
export type Reach =
  | { readonly kind: 'everything' }
  | { readonly kind: 'limited'; readonly conditions: (resourceType: string) => Conditions };

/** Of the server itself, and of callers whom the operator lets see all. */
export const EVERYTHING: Reach = { kind: 'everything' };

/** Said with `$ne`: of `null` DocumentDB's planner expects few matches, and would rather read and sort all of them. */
const NOT_DELETED: Conditions = { del: { $ne: true } };

/** What the conditions find of the type, tombstones aside, as far as it may be seen. */
export function visible(reach: Reach, resourceType: string, conditions: readonly Conditions[]): Conditions {
  switch (reach.kind) {
    case 'everything':
      return all([...conditions, NOT_DELETED]);
    case 'limited':
      return all([...conditions, NOT_DELETED, reach.conditions(resourceType)]);
  }
}
