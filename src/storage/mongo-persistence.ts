/** The `Persistence` port of FHIR Works on MongoDB. Refusals are FhirErrors. */
import type {
  CreateResourceRequest,
  DeleteResourceRequest,
  ReadResourceRequest,
  UpdateResourceRequest,
  vReadResourceRequest,
} from 'fhir-works-on-aws-interface';
import { notSupported } from '../fhir/error.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import { type JsonObject, parseJson, type ResourceContent } from '../fhir/resource-content.ts';
import type { StoredResource, WriteResult } from '../fhir/stored-resource.ts';
import { conditionalCreate } from './conditional-create.ts';
import { create, read, remove, update, vread } from './persistence.ts';
import { VERSION_PROJECTION } from './resource-document.ts';
import type { Store } from './versions.ts';

type Content = { readonly resource: ResourceContent };
type Matching = { readonly vid?: string };
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
    conditionalUpdateResource: refused('conditional update'),
    conditionalDeleteResource: refused('conditional delete'),
    patchResource: refused('patch'),
    conditionalPatchResource: refused('conditional patch'),
  };
}

/** Interactions of the published port that this server does not serve: no route leads to them. */
const refused = (interaction: string) => (): Promise<never> =>
  Promise.reject(notSupported(`This server does not serve ${interaction}.`));

async function activeSubscriptions(store: Store): Promise<JsonObject[]> {
  const active = store.database
    .current('Subscription')
    .find({ s_status: '=active' }, { projection: VERSION_PROJECTION });
  return (await active.toArray()).map(({ body }) => parseJson(body ?? '{}') as JsonObject);
}
