/**
 * Superseded versions as far as they are within reach. Each counts by its own compartments; scopes with criteria are
 * judged by its content, since versions in history have no search fields.
 */
import type { Filter, Sort } from 'mongodb';
import type { Permission } from '../auth/scope.ts';
import type { JsonObject } from '../fhir/resource-content.ts';
import { isReachable } from './admission.ts';
import type { HistoryDocument } from './database.ts';
import { decisionOf, type Reach, supersededConditions } from './reach.ts';
import { VERSION_PROJECTION } from './resource-document.ts';
import { all, type Conditions } from './search/combine.ts';
import type { Store } from './versions.ts';

export interface Reached {
  readonly permission: Permission;
  readonly resourceType: string;
}

const TIME_LIMIT_MS = 20_000;

interface VersionQuery {
  readonly filter: Conditions;
  readonly sort: Sort;
  readonly limit: number;
}

export async function findSuperseded(
  store: Store,
  reached: Reached,
  { filter, sort, limit }: VersionQuery,
): Promise<HistoryDocument[]> {
  const cursor = store.database
    .history(reached.resourceType)
    .find(within(store.reach, reached, filter), { projection: VERSION_PROJECTION, maxTimeMS: TIME_LIMIT_MS })
    .sort(sort);
  if (!hasCriteria(store.reach, reached)) return cursor.limit(limit).toArray();
  const found: HistoryDocument[] = [];
  for await (const document of cursor) {
    if (isVersionReachable(store, reached, document)) found.push(document);
    if (found.length === limit) break;
  }
  return found;
}

export async function countSuperseded(store: Store, reached: Reached, filter: Conditions): Promise<number> {
  const history = store.database.history(reached.resourceType);
  const limit = { maxTimeMS: TIME_LIMIT_MS };
  if (!hasCriteria(store.reach, reached)) return history.countDocuments(within(store.reach, reached, filter), limit);
  let count = 0;
  const cursor = history.find(within(store.reach, reached, filter), { projection: VERSION_PROJECTION, ...limit });
  for await (const document of cursor) if (isVersionReachable(store, reached, document)) count++;
  return count;
}

/** A deletion has no content that a criterion could hold for. */
export function isVersionReachable(
  store: Store,
  { permission, resourceType }: Reached,
  document: HistoryDocument,
): boolean {
  const json = () => JSON.parse(document.body ?? '{}') as JsonObject;
  return isReachable(store, { permission, resourceType, document, json });
}

const within = (reach: Reach, { permission, resourceType }: Reached, filter: Conditions): Filter<HistoryDocument> =>
  all([filter, supersededConditions(reach, permission, resourceType)]) as Filter<HistoryDocument>;

function hasCriteria(reach: Reach, { permission, resourceType }: Reached): boolean {
  const decision = decisionOf(reach, permission, resourceType);
  return decision?.kind === 'allow' && decision.clauses.some(({ criteria }) => criteria.length > 0);
}
