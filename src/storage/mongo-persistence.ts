/** The `Persistence` port of FHIR Works on MongoDB. Refusals are FhirErrors. */
import type {
  CreateResourceRequest,
  DeleteResourceRequest,
  ReadResourceRequest,
  UpdateResourceRequest,
  vReadResourceRequest,
} from 'fhir-works-on-aws-interface';
import { conflict, FhirError, notSupported } from '../fhir/error.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import { type JsonObject, parseJson, type ResourceContent } from '../fhir/resource-content.ts';
import type { StoredResource, WriteResult } from '../fhir/stored-resource.ts';
import { verifyExpectations } from './claims.ts';
import { create, newId, read, remove, update, vread } from './persistence.ts';
import { toStored, VERSION_PROJECTION } from './resource-document.ts';
import { matchingIds } from './search/type-search.ts';
import { inTransaction } from './transaction.ts';
import { firstVersion, type Store } from './versions.ts';

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

/** Tries of a conditional create whose match changed between the search and the transaction. */
const ATTEMPTS = 10;

/** Creates only where nothing matches; what is there already is answered as it is (http.html#ccreate). */
async function conditionalCreate(store: Store, content: ResourceContent, params: SearchParams): Promise<WriteResult> {
  const { resourceType } = content;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const [match, another] = await matchingIds(store, { resourceType, params });
    if (another !== undefined) throw severalMatch(resourceType);
    if (match !== undefined) return { outcome: 'unchanged', stored: await read(store, resourceType, match) };
    const created = await createExpectingNone(store, content, params).catch(undefinedOnConflict);
    if (created) return created;
  }
  throw conflict('What matches If-None-Exist keeps changing; try again.');
}

function undefinedOnConflict(error: unknown): undefined {
  if (error instanceof FhirError && error.status === 409) return undefined;
  throw error;
}

function createExpectingNone(store: Store, content: ResourceContent, params: SearchParams): Promise<WriteResult> {
  const { resourceType, json } = content;
  const id = newId();
  return inTransaction(store, async (session, unit) => {
    await verifyExpectations(unit, [{ resourceType, params, match: undefined, json }], session);
    const document = firstVersion(unit, content, id);
    await unit.database.current(resourceType).insertOne(document, { session });
    return { outcome: 'created', stored: toStored(resourceType, document) };
  });
}

const severalMatch = (resourceType: string): FhirError =>
  new FhirError(412, [
    {
      severity: 'error',
      code: 'multiple-matches',
      diagnostics: `More than one ${resourceType} matches If-None-Exist.`,
      expression: ['http.If-None-Exist'],
    },
  ]);

async function activeSubscriptions(store: Store): Promise<JsonObject[]> {
  const active = store.database
    .current('Subscription')
    .find({ s_status: '=active' }, { projection: VERSION_PROJECTION });
  return (await active.toArray()).map(({ body }) => parseJson(body ?? '{}') as JsonObject);
}
