/**
 * What a principal may do with a resource type, as conditions on the resources (SMART App Launch 2.2,
 * scopes-and-launch-context.html; the patient compartment of R4). Scope, context and the subject's own rights are
 * joined scope by scope: the type of one scope never meets the patients of another.
 */
import type { ParameterCriterion } from '../search/query.ts';
import type { Principal, Subject, UsableScope } from './principal.ts';
import type { Permission } from './scope.ts';

/** Which resources of the type: said by name, so that "all" never comes about by an empty list. */
export type Extent =
  | { readonly kind: 'whole-type' }
  /** In the compartment of one of these patients and of nobody else. */
  | { readonly kind: 'patients'; readonly ids: readonly [string, ...string[]] };

/** Resources within the extent for which all criteria hold. */
export interface Clause {
  readonly extent: Extent;
  readonly criteria: readonly ParameterCriterion[];
}

export type Denial =
  /** No scope covers the type and the permission. */
  | 'insufficient-scope'
  /** A scope does, but whose resources it is about is not known. */
  | 'no-context'
  /** Whatever the scope, this kind of subject may not do it. */
  | 'policy';

/** What any of the clauses allows is allowed. */
export type Decision =
  | { readonly kind: 'deny'; readonly why: Denial }
  | { readonly kind: 'allow'; readonly clauses: readonly [Clause, ...Clause[]] };

/** Of one principal. */
export type Decide = (permission: Permission, resourceType: string) => Decision;

/** Decides once for each permission and type. */
export function createDecide(principal: Principal): Decide {
  const made = new Map<string, Decision>();
  return (permission, resourceType) => {
    const key = `${permission}${resourceType}`;
    const known = made.get(key);
    if (known) return known;
    const decision = decide(principal, permission, resourceType);
    made.set(key, decision);
    return decision;
  };
}

export function decide(principal: Principal, permission: Permission, resourceType: string): Decision {
  const covering = principal.scopes.filter(
    (scope) => (scope.resourceType === '*' || scope.resourceType === resourceType) && scope.permissions.has(permission),
  );
  if (covering.length === 0) return { kind: 'deny', why: 'insufficient-scope' };
  if (isBarred(principal.subject, permission, resourceType)) return { kind: 'deny', why: 'policy' };
  const isShared = SHARED.has(resourceType) && (permission === 'r' || permission === 's');
  const [first, ...others] = covering.flatMap((scope) => clauseOf(scope, principal, isShared) ?? []);
  return first ? { kind: 'allow', clauses: simplest([first, ...others]) } : { kind: 'deny', why: 'no-context' };
}

/** In no patient's compartment and needed to understand what is: whoever may read the type may read all of it. */
const SHARED: ReadonlySet<string> = new Set([
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Location',
  'Endpoint',
  'CodeSystem',
  'ValueSet',
  'ConceptMap',
]);

/** They say who acts for whom, and so grant access themselves. */
const RELATIONS: ReadonlySet<string> = new Set(['RelatedPerson', 'Person']);

/** What the subject may not write, whatever the scope. */
function isBarred(subject: Subject | undefined, permission: Permission, resourceType: string): boolean {
  if (permission === 'r' || permission === 's' || !subject || subject.kind === 'client') return false;
  return resourceType === 'AuditEvent' || (subject.kind === 'individual' && RELATIONS.has(resourceType));
}

function clauseOf({ level, criteria }: UsableScope, principal: Principal, isShared: boolean): Clause | undefined {
  const extent = EXTENTS[level](principal);
  if (!extent) return undefined;
  return { extent: isShared ? WHOLE_TYPE : extent, criteria };
}

const WHOLE_TYPE: Extent = { kind: 'whole-type' };

/** Undefined where the scope's context is not there: then the scope gives nothing. */
const EXTENTS: Readonly<Record<UsableScope['level'], (principal: Principal) => Extent | undefined>> = {
  patient: ({ subject, patient }) => {
    if (patient === undefined || !subject || subject.kind === 'client') return undefined;
    const isOwn = subject.kind === 'staff' || subject.patients.includes(patient);
    return isOwn ? { kind: 'patients', ids: [patient] } : undefined;
  },
  user: ({ subject }) => {
    if (subject?.kind === 'staff') return WHOLE_TYPE;
    const [first, ...others] = subject?.kind === 'individual' ? subject.patients : [];
    return first === undefined ? undefined : { kind: 'patients', ids: [first, ...others] };
  },
  system: ({ subject }) => (subject?.kind === 'client' ? WHOLE_TYPE : undefined),
};

/** A clause without any limit makes the others superfluous. */
function simplest(clauses: readonly [Clause, ...Clause[]]): readonly [Clause, ...Clause[]] {
  const unlimited = clauses.find(isUnlimitedClause);
  return unlimited ? [unlimited] : clauses;
}

const isUnlimitedClause = ({ extent, criteria }: Clause): boolean =>
  extent.kind === 'whole-type' && criteria.length === 0;

/** Whether nothing of the type is kept from the principal. */
export const isUnlimited = (decision: Decision): boolean =>
  decision.kind === 'allow' && decision.clauses.some(isUnlimitedClause);

/** What a decision about one resource depends on. */
export interface ResourceFacts {
  readonly resourceType: string;
  readonly id: string;
  /** `Patient/<id>` */
  readonly compartments: readonly string[];
  /** Whether all criteria hold. */
  readonly matches: (criteria: readonly ParameterCriterion[]) => boolean;
}

/** Whether the decision allows it for this resource: the same as a query with the decision's conditions finds. */
export const admits = (decision: Decision, facts: ResourceFacts): boolean =>
  decision.kind === 'allow' &&
  decision.clauses.some(
    ({ extent, criteria }) => isWithin(extent, facts) && (criteria.length === 0 || facts.matches(criteria)),
  );

/** A Patient is told by its own id: a link to another doesn't make it the other's. */
function isWithin(extent: Extent, { resourceType, id, compartments }: ResourceFacts): boolean {
  if (extent.kind === 'whole-type') return true;
  if (resourceType === 'Patient') return extent.ids.includes(id);
  const [only, ...others] = compartments;
  return others.length === 0 && extent.ids.some((patient) => `Patient/${patient}` === only);
}
