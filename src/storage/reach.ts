/**
 * What of each type may be seen and written: the access decision as a database condition. Every query for current
 * versions, also one inside another (chains, `_has`, includes, conditional criteria), is built through `visible`, before
 * any limit; what is to be written is judged by the same decision before it is.
 */
import type { PrincipalAccess } from '../auth/access-context.ts';
import { type Clause, type Decide, type Decision, isUnlimited } from '../auth/decision.ts';
import { identityOf } from '../auth/principal.ts';
import type { Permission } from '../auth/scope.ts';
import { all, any, type Conditions } from './search/combine.ts';
import { criteriaFilter } from './search/filter.ts';

/** A decision that means "no condition" is said by its name; it can't come about by leaving something out. */
export type Reach =
  | { readonly kind: 'everything' }
  | {
      readonly kind: 'limited';
      readonly decide: Decide;
      readonly conditions: (permission: Permission, resourceType: string) => Conditions;
      /** Whose reach it is: what was made for one holder is of no use to another. */
      readonly holder: string;
      /** Whether security labels may be set and changed. */
      readonly mayLabel: boolean;
    };

/** Of the server itself, and of callers whom the operator lets see all. */
export const EVERYTHING: Reach = { kind: 'everything' };

/** What a principal may see and do. */
export function limitedReach({ principal, decide }: PrincipalAccess): Reach {
  const made = new Map<string, Conditions>();
  return {
    kind: 'limited',
    decide,
    conditions: (permission, resourceType) => {
      const key = `${permission}${resourceType}`;
      const conditions = made.get(key) ?? compile(decide(permission, resourceType), resourceType);
      made.set(key, conditions);
      return conditions;
    },
    holder: identityOf(principal),
    mayLabel: principal.subject?.kind === 'staff' || principal.subject?.kind === 'client',
  };
}

/** Said with `$ne`: of `null` DocumentDB's planner expects few matches, and would rather read and sort all of them. */
const NOT_DELETED: Conditions = { del: { $ne: true } };

/** What the conditions find of the type, tombstones aside, as far as it may be seen (by a search, where not said). */
export function visible(
  reach: Reach,
  resourceType: string,
  conditions: readonly Conditions[],
  permission: Permission = 's',
): Conditions {
  return all([...conditions, NOT_DELETED, reachable(reach, permission, resourceType)]);
}

/** The same of what another resource refers to: it may be read or searched for. */
export const visibleByReference = (reach: Reach, resourceType: string, conditions: readonly Conditions[]): Conditions =>
  all([
    ...conditions,
    NOT_DELETED,
    ...(isWholeType(reach, 'r', resourceType) || isWholeType(reach, 's', resourceType)
      ? []
      : [any([reachable(reach, 'r', resourceType), reachable(reach, 's', resourceType)])]),
  ]);

/** What may be reached of the current versions of a type, tombstones too. */
export function reachable(reach: Reach, permission: Permission, resourceType: string): Conditions {
  return reach.kind === 'everything' ? {} : reach.conditions(permission, resourceType);
}

/** The decision, where there is one to be made. */
export const decisionOf = (reach: Reach, permission: Permission, resourceType: string): Decision | undefined =>
  reach.kind === 'everything' ? undefined : reach.decide(permission, resourceType);

/** Whether nothing of the type is out of reach, so that what isn't found isn't there. */
export function isWholeType(reach: Reach, permission: Permission, resourceType: string): boolean {
  const decision = decisionOf(reach, permission, resourceType);
  return decision === undefined || isUnlimited(decision);
}

/** Finds nothing. */
const NOTHING: Conditions = { _id: { $in: [] } };

function compile(decision: Decision, resourceType: string): Conditions {
  if (decision.kind === 'deny') return NOTHING;
  return any(decision.clauses.map((clause) => clauseConditions(clause, resourceType)));
}

function clauseConditions({ extent, criteria }: Clause, resourceType: string): Conditions {
  const held = criteria.length === 0 ? [] : [criteriaFilter(criteria, new Date())];
  return all(extent.kind === 'whole-type' ? held : [...held, compartmentConditions(extent.ids, resourceType)]);
}

/** The same for superseded versions, as far as the database can tell: they have no search fields. */
export function supersededConditions(reach: Reach, permission: Permission, resourceType: string): Conditions {
  const decision = decisionOf(reach, permission, resourceType);
  if (!decision) return {};
  if (decision.kind === 'deny') return NOTHING;
  return any(
    decision.clauses.map(({ extent }) =>
      extent.kind === 'whole-type' ? {} : compartmentConditions(extent.ids, resourceType, 'id'),
    ),
  );
}

/** In the compartment of one of the patients and in no other; a Patient is told by its own id. */
function compartmentConditions(
  ids: readonly string[],
  resourceType: string,
  idField: '_id' | 'id' = '_id',
): Conditions {
  if (resourceType === 'Patient') return { [idField]: oneOf(ids) };
  return { c: oneOf(ids.map((id) => `Patient/${id}`)), 'c.1': { $exists: false } };
}

const oneOf = (values: readonly string[]): unknown => (values.length === 1 ? values[0] : { $in: values });
