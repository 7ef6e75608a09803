/** Who is behind a token, as access is decided on it (SMART App Launch 2.2, scopes-and-launch-context.html). */
import type { ParameterCriterion } from '../search/query.ts';
import type { Permission, ResourceScope, Scope, ScopeConstraint, ScopeLevel } from './scope.ts';

/** The person or the program whose own rights limit every scope: a scope hands on, it never adds. */
export type Subject =
  /** A patient, or someone who acts for patients; both may be true of one person. */
  | { readonly kind: 'individual'; readonly patients: readonly string[] }
  | { readonly kind: 'staff' }
  /** A program on its own account, without a user. */
  | { readonly kind: 'client' };

/** A scope whose constraints are criteria of its type. */
export interface UsableScope {
  readonly level: ScopeLevel;
  readonly resourceType: string;
  readonly permissions: ReadonlySet<Permission>;
  /** All must hold. */
  readonly criteria: readonly ParameterCriterion[];
}

export interface Principal {
  readonly issuer: string;
  readonly clientId: string;
  /** Who it is within the issuer. */
  readonly subjectId: string;
  /** Undefined where nobody is known to this server under what the token says. */
  readonly subject: Subject | undefined;
  /** Logical id of the patient in the context of the launch. */
  readonly patient: string | undefined;
  readonly scopes: readonly UsableScope[];
}

/** Undefined where the type has no such parameter or the value is none of its. */
export type ReadConstraint = (resourceType: string, constraint: ScopeConstraint) => ParameterCriterion | undefined;

/** The scopes that grant access. One with a constraint that can't be checked grants nothing. */
export const usableScopes = (scopes: readonly Scope[], read: ReadConstraint): readonly UsableScope[] =>
  scopes.flatMap((scope) => (scope.kind === 'resource' ? (usableScope(scope, read) ?? []) : []));

function usableScope(scope: ResourceScope, read: ReadConstraint): UsableScope | undefined {
  const { level, resourceType, permissions, constraints } = scope;
  const criteria = constraints.map((constraint) => read(resourceType, constraint));
  if (!criteria.every((criterion) => criterion !== undefined)) return undefined;
  return { level, resourceType, permissions, criteria };
}

/** The same for whoever may do the same in the same name: what is kept for one is for no other, nor for less of a token. */
export function identityOf({ issuer, clientId, subjectId, patient, subject, scopes }: Principal): string {
  const rights = scopes.map(({ level, resourceType, permissions, criteria }) => [
    `${level}/${resourceType}.${[...permissions].join('')}`,
    criteria.map(({ parameter, values }) => [parameter.code, values]),
  ]);
  return JSON.stringify([issuer, clientId, subjectId, patient, subject, rights]);
}
