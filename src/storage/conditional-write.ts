/**
 * Writes of what a search names (FHIR R4, http.html#cond-update, #3.1.0.7.1, #cond-patch): each runs in a transaction
 * that claims its criteria and finds the same again, so that no two requests can act on different answers.
 */
import { badValue, conflict, FhirError, noSingleMatch, notFound, versionConflict } from '../fhir/error.ts';
import type { Expectation } from '../fhir/expectation.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import type { Edit } from '../fhir/patch.ts';
import type { ResourceContent } from '../fhir/resource-content.ts';
import type { WriteResult } from '../fhir/stored-resource.ts';
import { newId } from './persistence.ts';
import { untilWon } from './retry.ts';
import { matchingIds } from './search/type-search.ts';
import { inTransaction, runSteps, type TransactionStep, transact } from './transaction.ts';
import type { Store } from './versions.ts';

export interface ConditionalTarget {
  readonly resourceType: string;
  readonly criteria: SearchParams;
  readonly ifMatch?: string | undefined;
}

/** Tries before giving up where what matches changed each time between the search and the transaction. */
const ATTEMPTS = 20;
/** Resources that one conditional delete may delete. */
const MOST_DELETED = 1000;

/** Replaces the one match, or creates where nothing matches. @throws FhirError 400, 409 or 412 */
export async function conditionalUpdate(
  store: Store,
  target: ConditionalTarget,
  content: ResourceContent,
): Promise<WriteResult> {
  const result = await writeMatch(store, target, {
    json: content.json,
    stepFor: (match) => updateStep(target, content, match),
  });
  if (result) return result;
  throw new TypeError('an update ends in a version');
}

/** The table of http.html#cond-update: by what matches and which id the resource has. */
function updateStep(
  { resourceType, ifMatch }: ConditionalTarget,
  content: ResourceContent,
  match: string | undefined,
): TransactionStep {
  const { id } = content;
  if (match !== undefined && id !== undefined && id !== match) {
    throw badValue(`The resource has another id than the one that matches, ${match}.`, `${resourceType}.id`);
  }
  if (match !== undefined) return { operation: 'update', resourceType, id: match, ifMatch, content };
  if (ifMatch !== undefined) throw versionConflict(`No ${resourceType} matches, so no version of it matches If-Match.`);
  if (id === undefined) return { operation: 'create', resourceType, id: newId(), content };
  return { operation: 'update', resourceType, id, content, mustBeNew: true };
}

/** Patches the one match. @throws FhirError 404 where nothing matches, 412 where several do */
export async function conditionalPatch(store: Store, target: ConditionalTarget, edit: Edit): Promise<WriteResult> {
  const { resourceType, ifMatch } = target;
  const result = await writeMatch(store, target, {
    stepFor: (match) => {
      if (match === undefined) throw notFound(`No ${resourceType} matches.`);
      return { operation: 'patch', resourceType, id: match, ifMatch, edit };
    },
  });
  if (result) return result;
  throw new TypeError('a patch ends in a version');
}

/** Deletes the one match; where nothing matches there is nothing to do. @throws FhirError 412 where several match */
export function conditionalDelete(store: Store, target: ConditionalTarget): Promise<WriteResult | undefined> {
  const { resourceType, ifMatch } = target;
  return writeMatch(store, target, {
    stepFor: (match) => (match === undefined ? undefined : { operation: 'delete', resourceType, id: match, ifMatch }),
  });
}

/** Deletes every match, all or none. @throws FhirError 412 where there are more than one request may delete */
export async function deleteMatches(store: Store, target: ConditionalTarget): Promise<undefined> {
  const { resourceType, criteria: params, ifMatch } = target;
  await inTransaction(store, async (session, unit) => {
    const ids = await matchingIds(unit, { resourceType, params, session, most: MOST_DELETED + 1 });
    if (ids.length > MOST_DELETED) {
      throw noSingleMatch(
        'multiple-matches',
        `More than ${MOST_DELETED} ${resourceType} match; delete fewer at a time.`,
      );
    }
    const steps = ids.map((id): TransactionStep => ({ operation: 'delete', resourceType, id, ifMatch }));
    await runSteps(unit, steps, session);
  });
}

interface MatchWrite {
  /** The resource that is to match from now on. */
  readonly json?: Expectation['json'];
  /** What to do with the one match or with none; undefined where there is nothing to do. */
  readonly stepFor: (match: string | undefined) => TransactionStep | undefined;
}

/** Starts again while what matched changes before the write could be committed. */
async function writeMatch(
  store: Store,
  target: ConditionalTarget,
  write: MatchWrite,
): Promise<WriteResult | undefined> {
  const settled = await untilWon(ATTEMPTS, () => attempt(store, target, write).catch(lostToChange));
  if (!settled) throw conflict('What the condition matches keeps changing; try again.');
  return settled.result;
}

function lostToChange(error: unknown): undefined {
  const isChange = error instanceof FhirError && error.status === 409 && error.issues[0]?.code === 'conflict';
  if (!isChange) throw error;
}

async function attempt(
  store: Store,
  { resourceType, criteria: params }: ConditionalTarget,
  { json, stepFor }: MatchWrite,
): Promise<{ readonly result: WriteResult | undefined }> {
  const [match, another] = await matchingIds(store, { resourceType, params });
  if (another !== undefined) throw noSingleMatch('multiple-matches', `More than one ${resourceType} matches.`);
  const step = stepFor(match);
  const expectation = { resourceType, params, match, ...(json ? { json } : {}) };
  if (!step) return { result: undefined };
  const [result] = await transact(store, [step], [expectation]);
  return { result: result?.outcome === 'read' ? undefined : result };
}
