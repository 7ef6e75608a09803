/**
 * Decisions against a second opinion, written per resource: as the database sees them (a matcher of MongoDB's language),
 * and as a single resource is judged.
 */
import { Query } from 'mingo';
import { beforeAll, describe, expect, it } from 'vitest';
import { principalAccess, refusalOf } from '../../../src/auth/access-context.ts';
import { admits, decide, isUnlimited, type ResourceFacts } from '../../../src/auth/decision.ts';
import { type Principal, type Subject, usableScopes } from '../../../src/auth/principal.ts';
import { type Permission, parseScopes } from '../../../src/auth/scope.ts';
import { type Definitions, loadDefinitions } from '../../../src/definitions/load.ts';
import { projectRoot } from '../../../src/project-root.ts';
import { extractIndexEntries } from '../../../src/search/extract.ts';
import { matchesQuery } from '../../../src/search/match.ts';
import { parseCriterion } from '../../../src/search/parse-criterion.ts';
import { isParameterCriterion } from '../../../src/search/query.ts';
import { limitedReach, reachable } from '../../../src/storage/reach.ts';
import { searchFields } from '../../../src/storage/search/fields.ts';

let definitions: Definitions;
beforeAll(async () => {
  definitions = await loadDefinitions(projectRoot());
});

let seed = 7;
const random = (): number => {
  seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};
const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
const some = <Item>(items: readonly Item[], share: number) => items.filter(() => random() < share);

const TYPES = ['Patient', 'Observation', 'Immunization', 'Practitioner', 'RelatedPerson', 'AuditEvent'];
const PATIENTS = ['p1', 'p2', 'p3'];
const CODES = ['lab', 'vital'];

function randomSubject(): Subject | undefined {
  return pick<Subject | undefined>([
    undefined,
    { kind: 'staff' },
    { kind: 'client' },
    { kind: 'individual', patients: some(PATIENTS, 0.5) },
    { kind: 'individual', patients: [pick(PATIENTS)] },
  ]);
}

function randomScope(): string {
  const type = pick([...TYPES, '*', '*']);
  const letters = some(['c', 'r', 'u', 'd', 's'], 0.7).join('') || 'r';
  const constraint = type === 'Observation' && random() < 0.5 ? `?code=${pick(CODES)}` : '';
  return `${pick(['patient', 'user', 'system'])}/${type}.${letters}${constraint}`;
}

function readConstraint(type: string, constraint: { readonly name: string; readonly value: string }) {
  const criterion = parseCriterion(type, constraint, { parameters: definitions.searchParameters(type) });
  return isParameterCriterion(criterion) ? criterion : undefined;
}

function principalOf(scope: string, subject: Subject | undefined, patient: string | undefined): Principal {
  const scopes = usableScopes(
    parseScopes(scope, (name) => TYPES.includes(name)),
    readConstraint,
  );
  return { issuer: 'i', clientId: 'c', subjectId: 's', subject, patient, scopes };
}

interface Resource {
  readonly type: string;
  readonly id: string;
  readonly patients: readonly string[];
  readonly code: string;
}

const randomResource = (type: string): Resource => ({
  type,
  id: pick(PATIENTS),
  patients: type === 'Practitioner' ? [] : some(PATIENTS, 0.4),
  code: pick(CODES),
});

interface Asked {
  readonly principal: Principal;
  readonly permission: Permission;
  readonly resource: Resource;
}

/** The rules in words, scope by scope, without any of the code above them. */
const expected = (scopes: string, asked: Asked): boolean =>
  !isBarred(asked.principal.subject, asked.permission, asked.resource.type) &&
  scopes.split(' ').some((text) => covers(text, asked) && isInContext(text, asked));

function covers(text: string, { permission, resource }: Asked): boolean {
  const [, type, letters, , code] = /^\w+\/(\w+|\*)\.(\w+)(\?code=(\w+))?$/.exec(text) ?? [];
  if ((type !== '*' && type !== resource.type) || !letters?.includes(permission)) return false;
  return code === undefined || code === resource.code;
}

function isInContext(text: string, { principal, permission, resource }: Asked): boolean {
  const { subject, patient } = principal;
  const isShared = resource.type === 'Practitioner' && 'rs'.includes(permission);
  if (text.startsWith('system/')) return subject?.kind === 'client';
  if (text.startsWith('user/')) return ofUser(subject, isShared, resource);
  if (patient === undefined || !mayUse(subject, patient)) return false;
  return isShared || isOf([patient], resource);
}

const mayUse = (subject: Subject | undefined, patient: string): boolean =>
  subject?.kind === 'staff' || (subject?.kind === 'individual' && subject.patients.includes(patient));

function isBarred(subject: Subject | undefined, permission: Permission, type: string): boolean {
  if ('rs'.includes(permission) || !subject || subject.kind === 'client') return false;
  return type === 'AuditEvent' || (type === 'RelatedPerson' && subject.kind === 'individual');
}

function ofUser(subject: Subject | undefined, isShared: boolean, resource: Resource): boolean {
  if (subject?.kind === 'staff') return true;
  if (subject?.kind !== 'individual' || subject.patients.length === 0) return false;
  return isShared || isOf(subject.patients, resource);
}

const isOf = (patients: readonly string[], { type, id, patients: own }: Resource): boolean =>
  type === 'Patient' ? patients.includes(id) : own.length === 1 && patients.includes(`${own[0]}`);

function toJson({ type, id, code }: Resource) {
  return type === 'Observation' ? { resourceType: type, id, code: { coding: [{ code }] } } : { resourceType: type, id };
}

function toDocument(resource: Resource) {
  const parameters = definitions.searchParameters(resource.type);
  const fields = searchFields(extractIndexEntries(toJson(resource), parameters), parameters);
  return { _id: resource.id, c: resource.patients.map((id) => `Patient/${id}`), ...fields };
}

/** What the database and the judgement of one resource say. */
function opinions({ principal, permission, resource }: Asked): readonly boolean[] {
  const { type, id, patients } = resource;
  const facts: ResourceFacts = {
    resourceType: type,
    id,
    compartments: patients.map((patient) => `Patient/${patient}`),
    matches: (criteria) => {
      const entries = extractIndexEntries(toJson(resource), definitions.searchParameters(type));
      return matchesQuery(entries, { criteria }, new Date());
    },
  };
  const query = new Query(reachable(limitedReach(principalAccess(principal)), permission, type));
  return [query.test(toDocument(resource)), admits(decide(principal, permission, type), facts)];
}

function randomCase(): { readonly scopes: string; readonly asked: Asked } {
  const scopes = Array.from({ length: 1 + Math.floor(random() * 4) }, randomScope).join(' ');
  const principal = principalOf(scopes, randomSubject(), random() < 0.7 ? pick(PATIENTS) : undefined);
  const permission = pick<Permission>(['c', 'r', 'u', 'd', 's']);
  return { scopes, asked: { principal, permission, resource: randomResource(pick(TYPES)) } };
}

describe('a decision', () => {
  it('is the same for the database, for one resource and in words, in 60,000 random cases (SCO-08)', () => {
    let allowed = 0;
    const mismatches: object[] = [];
    for (let round = 0; round < 60_000; round++) {
      const { scopes, asked } = randomCase();
      const wanted = expected(scopes, asked);
      if (wanted) allowed++;
      mismatches.push(...opinions(asked).flatMap((opinion) => (opinion === wanted ? [] : [{ scopes, asked, wanted }])));
    }
    expect(mismatches).toEqual([]);
    expect(allowed).toBeGreaterThan(2000);
  });

  it('can’t come to mean everything by an empty list (CON-15)', () => {
    const nobody = principalOf('user/*.cruds patient/*.cruds', { kind: 'individual', patients: [] }, undefined);
    expect(decide(nobody, 's', 'Immunization')).toEqual({ kind: 'deny', why: 'no-context' });
    const none = reachable(limitedReach(principalAccess(nobody)), 's', 'Immunization');
    expect(new Query(none).test({ _id: 'x', c: [] })).toBe(false);
  });

  it('about nothing is a denial that says why', () => {
    const staff = principalOf('user/Patient.rs', { kind: 'staff' }, undefined);
    expect(decide(staff, 's', 'Immunization')).toEqual({ kind: 'deny', why: 'insufficient-scope' });
    expect(isUnlimited(decide(staff, 's', 'Patient'))).toBe(true);
    expect(isUnlimited(decide(staff, 's', 'Immunization'))).toBe(false);
    const refusal = refusalOf(principalAccess(staff), { code: 'read', resourceType: 'Immunization', id: '1' });
    expect(refusal).toEqual({ why: 'insufficient-scope', scope: 'user/Immunization.r' });
  });
});
