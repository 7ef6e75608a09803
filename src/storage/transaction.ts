/**
 * All or nothing for the writes of a transaction Bundle (FHIR R4, http.html#transaction): one snapshot, one commit, one
 * `lastUpdated` for all of it.
 */
import type { AnyBulkWriteOperation, ClientSession, Filter } from 'mongodb';
import { conflict, FhirError, notImplemented } from '../fhir/error.ts';
import type { Expectation } from '../fhir/expectation.ts';
import type { Edit } from '../fhir/patch.ts';
import type { ResourceContent } from '../fhir/resource-content.ts';
import type { StoredResource, WriteResult } from '../fhir/stored-resource.ts';
import { claimKeys, verifyExpectations } from './claims.ts';
import type { HistoryDocument, ResourceDocument } from './database.ts';
import { isDuplicateKey, isUnreachable, toFhirError } from './database-errors.ts';
import { inTurn } from './in-turn.ts';
import { existing } from './persistence.ts';
import { reachable } from './reach.ts';
import { toHistoryDocument, toStored, VERSION_PROJECTION } from './resource-document.ts';
import { untilWon } from './retry.ts';
import { all } from './search/combine.ts';
import {
  checkChosenId,
  checkMatch,
  firstVersion,
  isSameContent,
  nextTombstone,
  nextVersion,
  type Store,
} from './versions.ts';

export interface TransactionStep {
  readonly operation: 'create' | 'update' | 'patch' | 'delete' | 'read';
  readonly resourceType: string;
  readonly id: string;
  readonly ifMatch?: string | undefined;
  readonly mustBeNew?: boolean | undefined;
  /** Of a read: a condition found it, so it is answered to whoever may search for it. */
  readonly isFound?: boolean | undefined;
  readonly content?: ResourceContent | undefined;
  /** Of a patch: what it makes of the current version. */
  readonly edit?: Edit | undefined;
  /** What a refusal of this step points at: `Bundle.entry[0]`. */
  readonly place?: string | undefined;
}

/** What a step came to; undefined for the delete of what was not there. */
export type StepResult = WriteResult | { readonly outcome: 'read'; readonly stored: StoredResource } | undefined;

/** How often a unit is tried again when another writer created the same id or claim at the same moment. */
const ATTEMPTS = 30;

/** Runs the steps as one unit. @throws FhirError what the first step that can't be done says; then nothing is done. */
export async function transact(
  store: Store,
  steps: readonly TransactionStep[],
  expectations: readonly Expectation[] = [],
): Promise<readonly StepResult[]> {
  const written = steps.filter(({ operation }) => operation !== 'create' && operation !== 'read');
  const claims = expectations.flatMap((expectation) => claimKeys(store, expectation));
  const keys = [...written.map(({ resourceType, id }) => `${resourceType}/${id}`), ...claims];
  return inTurn(store.database, keys, () =>
    inTransaction(store, async (session, unit) => {
      await verifyExpectations(unit, expectations, session);
      return runSteps(unit, steps, session);
    }),
  );
}

/** Runs the steps in a transaction that is open already. */
export async function runSteps(
  unit: Store,
  steps: readonly TransactionStep[],
  session: ClientSession,
): Promise<readonly StepResult[]> {
  const plan = await planWrites(unit, steps, session);
  await writeAll(unit, plan, session);
  return readSteps(unit, steps, { plan, session });
}

/** Runs `work` in a transaction that is repeated while it loses against concurrent ones. */
export async function inTransaction<Result>(
  store: Store,
  work: (session: ClientSession, unit: Store) => Promise<Result>,
): Promise<Result> {
  const { client, hasTransactions } = store.database;
  if (!hasTransactions) {
    throw notImplemented('Transactions need a MongoDB replica set; this server runs on a standalone database.');
  }
  const result = await untilWon(ATTEMPTS, () =>
    client
      .withSession((session) =>
        session.withTransaction(
          async () => ({ value: await work(session, withOneInstant(store)).catch(endIfUnreachable) }),
          {
            readConcern: { level: 'snapshot' },
            writeConcern: { w: 'majority' },
          },
        ),
      )
      .catch(lostToDuplicate),
  );
  if (!result) throw conflict('The transaction lost against concurrent ones; try again.');
  return result.value;
}

/** The driver would look for a server for two minutes, over and over; what is no error of its own ends that. */
function endIfUnreachable(error: unknown): never {
  throw isUnreachable(error) ? toFhirError(error) : error;
}

function lostToDuplicate(error: unknown): undefined {
  if (!isDuplicateKey(error)) throw error;
}

/** The same store with the clock held: what commits together was last updated at the same instant. */
function withOneInstant(store: Store): Store {
  const at = store.clock.next();
  const next = (previous?: Date) => (previous && previous >= at ? store.clock.next(previous) : at);
  return { ...store, clock: { next } };
}

interface PlannedWrite {
  readonly step: TransactionStep;
  readonly current: ResourceDocument | null;
  /** Undefined where nothing has to be written. */
  readonly next: ResourceDocument | undefined;
}

async function planWrites(
  unit: Store,
  steps: readonly TransactionStep[],
  session: ClientSession,
): Promise<PlannedWrite[]> {
  const writes = steps.filter(({ operation }) => operation !== 'read');
  const currents = await findCurrents(unit, writes, session);
  return writes.map((step) => {
    const current = currents.get(`${step.resourceType}/${step.id}`) ?? null;
    return atPlace(step, () => {
      if (step.operation === 'update' || step.operation === 'patch') checkChosenId(unit, step, current);
      return planWrite(unit, step, current);
    });
  });
}

/** Runs `work`; its refusal comes out pointing at the step. */
function atPlace<Result>({ place }: TransactionStep, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof FhirError) || place === undefined) throw error;
    const issues = error.issues.map((issue) => ({ ...issue, expression: [place] }));
    throw new FhirError(error.status, issues, error.hints);
  }
}

function planWrite(unit: Store, step: TransactionStep, current: ResourceDocument | null): PlannedWrite {
  checkMatch(step, current);
  if (step.operation === 'delete') {
    return { step, current, next: current && !current.del ? nextTombstone(unit, step, current) : undefined };
  }
  const content = step.edit ? step.edit(existing(step, current)) : step.content;
  if (!content) throw new TypeError(`a ${step.operation} step needs content`);
  if (step.operation === 'create') return { step, current: null, next: firstVersion(unit, content, step.id) };
  const next = nextVersion(unit, step, { current, content });
  return { step, current, next: current && isSameContent(step.resourceType, current, next) ? undefined : next };
}

async function findCurrents(
  unit: Store,
  writes: readonly TransactionStep[],
  session: ClientSession,
): Promise<Map<string, ResourceDocument>> {
  const found = new Map<string, ResourceDocument>();
  for (const permission of ['u', 'd'] as const) {
    const own = writes.filter(
      ({ operation }) => operation !== 'create' && (operation === 'delete') === (permission === 'd'),
    );
    for (const [resourceType, group] of byType(own)) {
      const ids = { _id: { $in: group.map(({ id }) => id) } };
      const filter = all([ids, reachable(unit.reach, permission, resourceType)]) as Filter<ResourceDocument>;
      const cursor = unit.database.current(resourceType).find(filter, { session, projection: VERSION_PROJECTION });
      for (const document of await cursor.toArray()) found.set(`${resourceType}/${document._id}`, document);
    }
  }
  return found;
}

function byType<Item extends { readonly resourceType: string }>(items: readonly Item[]): [string, Item[]][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(item.resourceType);
    if (group) group.push(item);
    else groups.set(item.resourceType, [item]);
  }
  // In one order everywhere, so that two units that touch the same resources wait for each other and never deadlock.
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

async function writeAll(unit: Store, plan: readonly PlannedWrite[], session: ClientSession): Promise<void> {
  const writes = plan.flatMap(({ step, current, next }) =>
    next ? [{ resourceType: step.resourceType, current, next }] : [],
  );
  for (const [resourceType, group] of byType(writes)) {
    group.sort((a, b) => (a.next._id < b.next._id ? -1 : 1));
    await keepSuperseded(unit, resourceType, { group, session });
    const result = await unit.database.current(resourceType).bulkWrite(group.map(toOperation), { session });
    if (result.insertedCount + result.matchedCount !== group.length) throw lost(resourceType);
  }
}

interface WriteGroup {
  readonly group: readonly { readonly current: ResourceDocument | null; readonly next: ResourceDocument }[];
  readonly session: ClientSession;
}

async function keepSuperseded(unit: Store, resourceType: string, { group, session }: WriteGroup): Promise<void> {
  const superseded = group.flatMap(({ current, next }) => (current ? [toHistoryDocument(current, next.lu)] : []));
  if (superseded.length === 0) return;
  // An upsert: a crashed single write may have left the copy already, and an error would end the transaction.
  const operations = superseded.map(
    (replacement): AnyBulkWriteOperation<HistoryDocument> => ({
      replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true },
    }),
  );
  await unit.database.history(resourceType).bulkWrite(operations, { session });
}

function toOperation(write: {
  readonly current: ResourceDocument | null;
  readonly next: ResourceDocument;
}): AnyBulkWriteOperation<ResourceDocument> {
  const { current, next } = write;
  if (!current) return { insertOne: { document: next } };
  return { replaceOne: { filter: { _id: current._id, v: current.v }, replacement: next } };
}

const lost = (resourceType: string) => conflict(`A ${resourceType} of the transaction was changed by another writer.`);

interface Outcome {
  readonly plan: readonly PlannedWrite[];
  readonly session: ClientSession;
}

async function readSteps(unit: Store, steps: readonly TransactionStep[], outcome: Outcome): Promise<StepResult[]> {
  const planned = new Map(outcome.plan.map((write) => [write.step, write]));
  const results: StepResult[] = [];
  for (const step of steps) {
    const write = planned.get(step);
    results.push(write ? toResult(write) : { outcome: 'read', stored: await readStep(unit, step, outcome.session) });
  }
  return results;
}

function toResult({ step, current, next }: PlannedWrite): WriteResult | undefined {
  const { resourceType, operation } = step;
  if (operation === 'delete') return next && { outcome: 'deleted', stored: toStored(resourceType, next) };
  if (!next) return current ? { outcome: 'unchanged', stored: toStored(resourceType, current) } : undefined;
  return { outcome: current && !current.del ? 'updated' : 'created', stored: toStored(resourceType, next) };
}

async function readStep(unit: Store, step: TransactionStep, session: ClientSession): Promise<StoredResource> {
  const { resourceType, id, isFound } = step;
  const filter = all([
    { _id: id },
    reachable(unit.reach, isFound ? 's' : 'r', resourceType),
  ]) as Filter<ResourceDocument>;
  const document = await unit.database
    .current(resourceType)
    .findOne(filter, { session, projection: VERSION_PROJECTION });
  return atPlace(step, () => existing(step, document));
}
