/** Creating only where nothing matches (FHIR R4, http.html#ccreate), however many try at once. */
import { conflict, FhirError, noSingleMatch } from '../fhir/error.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import type { ResourceContent } from '../fhir/resource-content.ts';
import type { WriteResult } from '../fhir/stored-resource.ts';
import { claimKeys, verifyExpectations } from './claims.ts';
import { inTurn } from './in-turn.ts';
import { newId, readFound } from './persistence.ts';
import { toStored } from './resource-document.ts';
import { untilWon } from './retry.ts';
import { matchingIds } from './search/type-search.ts';
import { inTransaction } from './transaction.ts';
import { firstVersion, type Store } from './versions.ts';

/** Tries before giving up where what matches changed each time between the search and the transaction. */
const ATTEMPTS = 20;

/** Creates where nothing matches; a single match is answered as it is. @throws FhirError 412 where several match. */
export async function conditionalCreate(
  store: Store,
  content: ResourceContent,
  params: SearchParams,
): Promise<WriteResult> {
  const { resourceType, json } = content;
  const attempt = async () =>
    (await existing(store, resourceType, params)) ?? (await createUnlessChanged(store, content, params));
  const keys = claimKeys(store, { resourceType, params, match: undefined, json });
  const result = await inTurn(store.database, keys, () => untilWon(ATTEMPTS, attempt));
  if (!result) throw conflict('What If-None-Exist matches keeps changing; try again.');
  return result;
}

async function existing(store: Store, resourceType: string, params: SearchParams): Promise<WriteResult | undefined> {
  const [match, another] = await matchingIds(store, { resourceType, params });
  if (another !== undefined) {
    const diagnostics = `More than one ${resourceType} matches If-None-Exist.`;
    throw noSingleMatch('multiple-matches', diagnostics, 'http.If-None-Exist');
  }
  return match === undefined ? undefined : readIfThere(store, resourceType, match);
}

/** Undefined where the match was deleted, or moved out of reach, in the meantime. */
async function readIfThere(store: Store, resourceType: string, id: string): Promise<WriteResult | undefined> {
  try {
    return { outcome: 'unchanged', stored: await readFound(store, { resourceType, id }) };
  } catch (error) {
    if (error instanceof FhirError && (error.status === 410 || error.status === 404)) return undefined;
    throw error;
  }
}

/** Undefined where something matches by now. */
async function createUnlessChanged(
  store: Store,
  content: ResourceContent,
  params: SearchParams,
): Promise<WriteResult | undefined> {
  try {
    return await createExpectingNone(store, content, params);
  } catch (error) {
    if (error instanceof FhirError && error.status === 409) return undefined;
    throw error;
  }
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
