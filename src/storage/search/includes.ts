/** What `_include` and `_revinclude` add to a page (FHIR R4, search.html#revinclude): current versions, each once. */
import type { Filter } from 'mongodb';
import type { OutcomeIssue } from '../../fhir/error.ts';
import { type LiteralReference, parseReference } from '../../fhir/reference.ts';
import type { StoredResource } from '../../fhir/stored-resource.ts';
import type { IncludePath } from '../../search/include.ts';
import type { ResourceDocument } from '../database.ts';
import { visible, visibleByReference } from '../reach.ts';
import { toStored, VERSION_PROJECTION } from '../resource-document.ts';
import type { Store } from '../versions.ts';
import { any, type Conditions } from './combine.ts';
import { TIME_LIMIT_MS } from './inquiry.ts';
import { fieldName } from './keys.ts';

/** Resources that a page includes, at most. */
export const MOST_INCLUDED = 1000;

/** A resource that references are followed from and to. */
export interface Linked {
  readonly resourceType: string;
  readonly document: ResourceDocument;
}

export interface Included {
  readonly resources: readonly StoredResource[];
  /** That not all of them are there, where that is so. */
  readonly issue: OutcomeIssue | undefined;
}

/** The fields that have the references to be followed from a type. */
export const linkFields = (paths: readonly IncludePath[], resourceType: string): readonly string[] => [
  ...new Set(paths.filter((path) => isFrom(path, resourceType)).map(({ code }) => fieldName(code))),
];

const isFrom = ({ direction, sourceType }: IncludePath, resourceType: string): boolean =>
  direction === 'include' && sourceType === resourceType;

/** Follows the paths from the page and, where they iterate, from what that finds, until nothing new comes. */
export async function findIncluded(
  store: Store,
  matches: readonly Linked[],
  paths: readonly IncludePath[],
): Promise<Included> {
  const seen = new Set(matches.map(keyOf));
  const found: Linked[] = [];
  const iterating = paths.filter(({ iterate }) => iterate);
  let [frontier, following] = [matches, paths];
  while (frontier.length > 0 && following.length > 0 && found.length <= MOST_INCLUDED) {
    const room = MOST_INCLUDED + 1 - found.length;
    const linked = await follow(store, { frontier, following, iterating, seen, room });
    for (const one of linked) seen.add(keyOf(one));
    found.push(...linked);
    frontier = linked;
    following = iterating;
  }
  const resources = found.slice(0, MOST_INCLUDED).map(({ resourceType, document }) => toStored(resourceType, document));
  return { resources, issue: found.length > MOST_INCLUDED ? INCOMPLETE : undefined };
}

const INCOMPLETE: OutcomeIssue = {
  severity: 'warning',
  code: 'incomplete',
  diagnostics:
    `Only ${MOST_INCLUDED} of the resources that belong to this page are included. ` +
    'Ask for smaller pages (_count), or search for the other resources by themselves.',
};

const keyOf = ({ resourceType, document }: Linked): string => `${resourceType}/${document._id}`;

interface Step {
  readonly frontier: readonly Linked[];
  readonly following: readonly IncludePath[];
  /** What may be followed from what this step finds. */
  readonly iterating: readonly IncludePath[];
  readonly seen: ReadonlySet<string>;
  /** How many more are wanted. */
  readonly room: number;
}

/** What one type is asked for, and how many of the answers may be known already. */
interface Lookup {
  readonly resourceType: string;
  readonly conditions: Conditions;
  readonly limit: number;
  /** Of what is referred to it is enough that it may be read; what refers is searched for. */
  readonly within: typeof visible;
}

async function follow(store: Store, step: Step): Promise<readonly Linked[]> {
  const linked = new Map<string, Linked>();
  for (const lookup of [...referredTo(step), ...referring(step)]) {
    if (linked.size >= step.room) break;
    for (const one of await find(store, lookup, step.iterating)) {
      if (!step.seen.has(keyOf(one))) linked.set(keyOf(one), one);
    }
  }
  return [...linked.values()];
}

async function find(
  { database, reach }: Store,
  { resourceType, conditions, limit, within }: Lookup,
  iterating: readonly IncludePath[],
): Promise<readonly Linked[]> {
  const fields = linkFields(iterating, resourceType).map((field) => [field, 1] as const);
  const documents = await database
    .current(resourceType)
    .find(within(reach, resourceType, [conditions]) as Filter<ResourceDocument>, {
      projection: { ...VERSION_PROJECTION, ...Object.fromEntries(fields) },
      maxTimeMS: TIME_LIMIT_MS,
    })
    .limit(limit)
    .batchSize(limit)
    .toArray();
  return documents.map((document) => ({ resourceType, document }));
}

/** What the references of the frontier name, on this server. */
function referredTo({ frontier, following, seen, room }: Step): readonly Lookup[] {
  const ids = new Map<string, Set<string>>();
  for (const { resourceType, id } of frontier.flatMap((one) => referencesFrom(one, following))) {
    if (!seen.has(`${resourceType}/${id}`)) ids.set(resourceType, (ids.get(resourceType) ?? new Set()).add(id));
  }
  return [...ids].map(([resourceType, wanted]) => ({
    resourceType,
    conditions: { _id: { $in: [...wanted] } },
    limit: room,
    within: visibleByReference,
  }));
}

/** Also those that name a version: it is the current one that is included. */
function referencesFrom(
  { resourceType, document }: Linked,
  following: readonly IncludePath[],
): readonly LiteralReference[] {
  const paths = following.filter((path) => isFrom(path, resourceType));
  return paths.flatMap(({ code, targetTypes }) => {
    const keys = [document[fieldName(code) as `s_${string}`] ?? []].flat();
    const references = keys.flatMap((key) => parseReference(String(key)) ?? []);
    return references.filter((reference) => targetTypes.includes(reference.resourceType));
  });
}

/** What refers to the frontier. */
function referring({ frontier, following, seen, room }: Step): readonly Lookup[] {
  const paths = following.filter(({ direction }) => direction === 'revinclude');
  const sources = [...new Set(paths.map(({ sourceType }) => sourceType))];
  return sources.flatMap((resourceType) => {
    const alternatives = paths
      .filter(({ sourceType }) => sourceType === resourceType)
      .flatMap(({ code, targetTypes }) => {
        const keys = frontier.filter((one) => targetTypes.includes(one.resourceType)).map(keyOf);
        return keys.length > 0 ? [{ [fieldName(code)]: { $in: keys } }] : [];
      });
    const known = [...seen].filter((key) => key.startsWith(`${resourceType}/`)).length;
    return alternatives.length > 0
      ? [{ resourceType, conditions: any(alternatives), limit: room + known, within: visible }]
      : [];
  });
}
