/** The `Persistence` port of FHIR Works on MongoDB. Refusals are FhirErrors. */
import type {
  CreateResourceRequest,
  DeleteResourceRequest,
  PatchResourceRequest,
  ReadResourceRequest,
  UpdateResourceRequest,
  vReadResourceRequest,
} from 'fhir-works-on-aws-interface';
import type { Filter } from 'mongodb';
import type { SearchParams } from '../fhir/interaction.ts';
import type { Edit } from '../fhir/patch.ts';
import { type JsonObject, parseJson, type ResourceContent } from '../fhir/resource-content.ts';
import type { StoredResource, WriteResult } from '../fhir/stored-resource.ts';
import { conditionalCreate } from './conditional-create.ts';
import { conditionalDelete, conditionalPatch, conditionalUpdate, deleteMatches } from './conditional-write.ts';
import type { ResourceDocument } from './database.ts';
import { create, patch, read, remove, update, vread } from './persistence.ts';
import { visible } from './reach.ts';
import { VERSION_PROJECTION } from './resource-document.ts';
import type { Store } from './versions.ts';

type Content = { readonly resource: ResourceContent };
type Editing = { readonly resource: Edit };
type Matching = { readonly vid?: string };
type Conditional = Matching & { readonly resourceType: string };
type Answer<Resource> = Promise<{ readonly message: string; readonly resource: Resource }>;

const answer = <Resource>(resource: Resource) => ({ message: '', resource });

export function mongoPersistence(store: Store) {
  return {
    updateCreateSupported: true,
    createResource: async ({ resource }: CreateResourceRequest & Content): Answer<WriteResult> =>
      answer(await create(store, resource)),
    conditionalCreateResource: async (
      { resource }: CreateResourceRequest & Content,
      criteria: SearchParams,
    ): Answer<WriteResult> => answer(await conditionalCreate(store, resource, criteria)),
    readResource: async ({ resourceType, id }: ReadResourceRequest): Answer<StoredResource> =>
      answer(await read(store, resourceType, id)),
    vReadResource: async ({ resourceType, id, vid }: vReadResourceRequest): Answer<StoredResource> =>
      answer(await vread(store, { resourceType, id }, vid)),
    updateResource: async ({ resourceType, id, vid, resource }: UpdateResourceRequest & Content): Answer<WriteResult> =>
      answer(await update(store, { resourceType, id, ifMatch: vid }, resource)),
    deleteResource: async ({
      resourceType,
      id,
      vid,
    }: DeleteResourceRequest & Matching): Answer<WriteResult | undefined> =>
      answer(await remove(store, { resourceType, id, ifMatch: vid })),
    getActiveSubscriptions: () => activeSubscriptions(store),
    patchResource: async ({ resourceType, id, vid, resource }: PatchResourceRequest & Editing): Answer<WriteResult> =>
      answer(await patch(store, { resourceType, id, ifMatch: vid }, resource)),
    conditionalUpdateResource: async (
      { resourceType, vid, resource }: Conditional & Content,
      criteria: SearchParams,
    ): Answer<WriteResult> =>
      answer(await conditionalUpdate(store, { resourceType, criteria, ifMatch: vid }, resource)),
    conditionalPatchResource: async (
      { resourceType, vid, resource }: Conditional & Editing,
      criteria: SearchParams,
    ): Answer<WriteResult> => answer(await conditionalPatch(store, { resourceType, criteria, ifMatch: vid }, resource)),
    conditionalDeleteResource: async (
      { resourceType, vid, several }: Conditional & { readonly several: boolean },
      criteria: SearchParams,
    ): Answer<WriteResult | undefined> =>
      answer(await (several ? deleteMatches : conditionalDelete)(store, { resourceType, criteria, ifMatch: vid })),
  };
}

async function activeSubscriptions(store: Store): Promise<JsonObject[]> {
  const active = store.database
    .current('Subscription')
    .find(visible(store.reach, 'Subscription', [{ s_status: '=active' }]) as Filter<ResourceDocument>, {
      projection: VERSION_PROJECTION,
    });
  return (await active.toArray()).map(({ body }) => parseJson(body ?? '{}') as JsonObject);
}
