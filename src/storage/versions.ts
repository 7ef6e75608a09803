/** What one version of a resource becomes the next by (FHIR R4, http.html#versioning), without touching the database. */
import type { Definitions } from '../definitions/load.ts';
import { duplicate, notFound, versionConflict } from '../fhir/error.ts';
import { afterStamp, type ResourceContent } from '../fhir/resource-content.ts';
import type { Terminology } from '../search/terminology.ts';
import { checkAdmission } from './admission.ts';
import type { Database, ResourceDocument } from './database.ts';
import { isWholeType, type Reach } from './reach.ts';
import { toDocument, toStored, toTombstone } from './resource-document.ts';
import type { VersionClock } from './version-clock.ts';

/** What every part of storage works with. */
export interface Store {
  readonly database: Database;
  readonly definitions: Definitions;
  readonly clock: VersionClock;
  /** This server's FHIR base URL, without a slash at its end. */
  readonly baseUrl: string;
  /** What may be seen through this store. */
  readonly reach: Reach;
  /** What searches can ask about codes; nothing where it is absent. */
  readonly terminology?: Terminology;
}

export interface WriteTarget {
  readonly resourceType: string;
  readonly id: string;
  /** `If-Match`: the version that may be replaced, or `*` for any that exists. */
  readonly ifMatch?: string | undefined;
  /** The id must be free: a condition says that the resource is not there. */
  readonly mustBeNew?: boolean | undefined;
}

/**
 * What is out of reach and what is not there are one and the same, so under an id of the client's own choice a resource
 * comes into being only where nothing of the type is out of reach.
 * @throws FhirError 404
 */
export function checkChosenId(store: Store, target: WriteTarget, current: ResourceDocument | null): void {
  const { resourceType, id } = target;
  if (!current && !isWholeType(store.reach, 'u', resourceType)) throw notFound(`${resourceType}/${id} is not known.`);
}

/** @throws FhirError 412 where `If-Match` names another version than the current one, 409 where the id is not free. */
export function checkMatch(target: WriteTarget, current: ResourceDocument | null): void {
  const { resourceType, id, ifMatch, mustBeNew } = target;
  if (mustBeNew && current && !current.del) {
    throw duplicate(`${resourceType}/${id} exists and is not what the condition matches.`);
  }
  if (ifMatch === undefined) return;
  if (!current || current.del) {
    throw versionConflict(`${resourceType}/${id} does not exist, so no version of it matches If-Match.`);
  }
  if (ifMatch === '*' || ifMatch === String(current.v)) return;
  throw versionConflict(`${resourceType}/${id} is at version ${current.v}, not at the version that If-Match names.`);
}

/** The first version of a resource that the server names. */
export function firstVersion(store: Store, content: ResourceContent, id: string): ResourceDocument {
  const { resourceType } = content;
  const lastUpdated = store.clock.next();
  const identity = { resourceType, id, versionId: '1', lastUpdated };
  const document = toDocument(store, content, { ...identity, method: 'POST', created: lastUpdated });
  checkAdmission(store, { permission: 'c', content, document });
  return document;
}

/** The version that an update makes of the current one, or of nothing where the client chose the id. */
export function nextVersion(
  store: Store,
  target: WriteTarget,
  change: { readonly current: ResourceDocument | null; readonly content: ResourceContent },
): ResourceDocument {
  const { current, content } = change;
  const lastUpdated = store.clock.next(current?.lu);
  const document = toDocument(store, content, {
    resourceType: target.resourceType,
    id: target.id,
    versionId: String((current?.v ?? 0) + 1),
    lastUpdated,
    method: 'PUT',
    created: current && !current.del ? current.cr : lastUpdated,
  });
  checkAdmission(store, { permission: 'u', content, document, before: current?.body });
  return current?.del ? { ...document, re: true } : document;
}

/** The version that a delete makes: without content, and no longer found by any search. */
export function nextTombstone(store: Store, target: WriteTarget, current: ResourceDocument): ResourceDocument {
  const { resourceType, id } = target;
  const identity = { resourceType, id, versionId: String(current.v + 1), lastUpdated: store.clock.next(current.lu) };
  return toTombstone(store.definitions, { ...identity, method: 'DELETE' }, current.c);
}

/** Whether two versions differ in nothing but the server's own stamp. */
export function isSameContent(resourceType: string, one: ResourceDocument, other: ResourceDocument): boolean {
  if (one.body === undefined || other.body === undefined) return false;
  const [a, b] = [toStored(resourceType, one), toStored(resourceType, other)];
  return afterStamp(a.body, a) === afterStamp(b.body, b);
}
