/** The versions of one resource, newest first (FHIR R4, http.html#history). */
import { notFound } from '../fhir/error.ts';
import type { StoredResource } from '../fhir/stored-resource.ts';
import type { AnyVersionDocument } from './resource-document.ts';
import { toStored, VERSION_PROJECTION } from './resource-document.ts';
import type { Store } from './versions.ts';

export interface PastVersion {
  readonly stored: StoredResource;
  /** Whether there was nothing, or a deletion, before it. */
  readonly creates: boolean;
}

export interface HistoryPage {
  readonly versions: readonly PastVersion[];
  /** How many versions there are in all. */
  readonly total: number;
  /** The version to go on below, where there is more. */
  readonly next: number | undefined;
}

export interface HistoryRequest {
  readonly resourceType: string;
  readonly id: string;
  readonly count: number;
  /** Only versions below this one. */
  readonly below: number | undefined;
}

/** One page of an instance's versions. @throws FhirError 404 when there never was such a resource. */
export async function instanceHistory(store: Store, request: HistoryRequest): Promise<HistoryPage> {
  const { resourceType, id, count, below } = request;
  const current = await store.database.current(resourceType).findOne({ _id: id }, { projection: VERSION_PROJECTION });
  if (!current) throw notFound(`${resourceType}/${id} is not known.`);
  // Below the current version: a copy of the current one may be there after a crash, see persistence.ts.
  const superseded = await store.database
    .history(resourceType)
    .find({ id, v: { $lt: Math.min(below ?? current.v, current.v) } }, { projection: VERSION_PROJECTION })
    .sort({ id: 1, v: -1 })
    .limit(count + 1)
    .toArray();
  const documents: AnyVersionDocument[] = below === undefined ? [current, ...superseded] : superseded;
  // One more than the page is there, so every version of the page has its predecessor beside it.
  const page = documents.slice(0, count);
  return {
    versions: page.map((document, index) => ({
      stored: toStored(resourceType, document),
      creates: document.v === 1 || (document.m === 'PUT' && documents[index + 1]?.m === 'DELETE'),
    })),
    total: current.v,
    next: documents.length > count ? page.at(-1)?.v : undefined,
  };
}
