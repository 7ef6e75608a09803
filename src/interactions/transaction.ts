/**
 * transaction (FHIR R4, http.html#transaction): all of its entries or none. Every entry is checked at the gate and every
 * reference resolved before the first write; the writes go to storage as one unit.
 */
import type { BatchReadWriteRequest } from 'fhir-works-on-aws-interface';
import { type BundleContent, formatBundle } from '../fhir/bundle.ts';
import { badRequest, conflict, FhirError, notFound } from '../fhir/error.ts';
import type { FhirResponse, Interaction } from '../fhir/interaction.ts';
import type { StoredResource, WriteResult } from '../fhir/stored-resource.ts';
import { checkContent } from './check-content.ts';
import { checkEntryCount } from './entry-limit.ts';
import { atEntry, parseEntry } from './entry-request.ts';
import { formatEntryResponse } from './entry-response.ts';
import type { InteractionContext, InteractionHandler } from './perform.ts';
import { type ResolvedEntry, resolveEntries } from './resolve-entries.ts';
import { writeResponse } from './write-response.ts';

/** How often a transaction starts again when what its conditions matched changed before it could commit. */
const ATTEMPTS = 10;

export const transaction: InteractionHandler<'transaction'> = async ({ bundle }, context) => {
  checkEntryCount(bundle.entries.length);
  const interactions = parseEntries(bundle, context);
  const answers = await untilSettled(() => attempt(bundle, interactions, context));
  return { status: 200, body: formatBundle({ type: 'transaction-response', entries: answers }) };
};

function parseEntries(bundle: BundleContent, context: InteractionContext): Interaction[] {
  const interactions = bundle.entries.map((entry, index) => parseEntry(entry, index, context));
  interactions.forEach((interaction, index) => {
    atEntry(index, () => {
      context.permit(interaction);
      if (interaction.code === 'create' || interaction.code === 'update') checkContent(interaction.resource);
      if (interaction.code === 'batch' || interaction.code === 'transaction') {
        throw badRequest('A transaction cannot hold another Bundle to be processed.');
      }
    });
  });
  checkIdentities(interactions);
  return interactions;
}

/** "If any resource identities overlap … the transaction SHALL fail" (http.html#trules). */
function checkIdentities(interactions: readonly Interaction[]): void {
  const seen = new Set<string>();
  interactions.forEach((interaction, index) => {
    if (interaction.code !== 'update' && interaction.code !== 'delete') return;
    const identity = `${interaction.resourceType}/${interaction.id}`;
    atEntry(index, () => {
      if (seen.has(identity)) throw badRequest(`${identity} is written by more than one entry.`);
    });
    seen.add(identity);
  });
}

/** Starts again while conditions, once resolved, turn out to have changed. */
async function untilSettled<Result>(work: () => Promise<Result | 'changed'>): Promise<Result> {
  for (let tries = 0; tries < ATTEMPTS; tries++) {
    const result = await work();
    if (result !== 'changed') return result;
  }
  throw conflict('What the conditions of this transaction match keeps changing; try again.');
}

async function attempt(
  bundle: BundleContent,
  interactions: readonly Interaction[],
  context: InteractionContext,
): Promise<string[] | 'changed'> {
  const { entries, expectations } = await resolveEntries(bundle, interactions, context);
  const steps = entries.filter(isStep);
  try {
    const { batchReadWriteResponses } = await context.ports.bundle.transaction({
      requests: steps.map(toRequest),
      expectations,
      startTime: new Date(),
    });
    const results = new Map(steps.map((entry, index) => [entry, batchReadWriteResponses[index]?.resource]));
    return await answerAll(entries, results, context);
  } catch (error) {
    const mayHaveChanged = error instanceof FhirError && error.status === 409 && expectations.length > 0;
    if (mayHaveChanged) return 'changed';
    throw error;
  }
}

const isStep = (entry: ResolvedEntry): boolean => entry.operation !== 'other' && entry.operation !== 'existing';

function toRequest({ operation, resourceType, id, content, ifMatch }: ResolvedEntry): BatchReadWriteRequest {
  const step = { operation: operation as BatchReadWriteRequest['operation'], resourceType, id, resource: content };
  return ifMatch === undefined ? step : { ...step, vid: ifMatch };
}

type StepResource = WriteResult | StoredResource | undefined;

/** Answers in the order of the request; what only reads is done last, so that it sees what was written. */
async function answerAll(
  entries: readonly ResolvedEntry[],
  results: ReadonlyMap<ResolvedEntry, StepResource>,
  context: InteractionContext,
): Promise<string[]> {
  const answers: string[] = [];
  for (const entry of entries) {
    const response = await answer(entry, results.get(entry), context);
    answers.push(formatEntryResponse(response, context.baseUrl));
  }
  return answers;
}

async function answer(entry: ResolvedEntry, result: StepResource, context: InteractionContext): Promise<FhirResponse> {
  switch (entry.operation) {
    case 'other':
      return context.perform(entry.interaction);
    case 'existing':
      return existing(entry, context);
    case 'read':
      if (!result || 'outcome' in result) throw notFound(`${entry.resourceType}/${entry.id} is not known.`);
      return { status: 200, stored: result };
    default:
      return writeResponse(result as WriteResult | undefined);
  }
}

/** A conditional create that found its resource: 200, and where it is (http.html#ccreate). */
async function existing({ resourceType, id }: ResolvedEntry, context: InteractionContext): Promise<FhirResponse> {
  const { stored } = await context.perform({ code: 'read', resourceType, id });
  const version = stored ? `/_history/${stored.versionId}` : '';
  return { status: 200, ...(stored ? { stored } : {}), location: `${resourceType}/${id}${version}` };
}
