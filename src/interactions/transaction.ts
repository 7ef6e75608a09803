/**
 * transaction (FHIR R4, http.html#transaction): all of its entries or none. Every entry is checked at the gate and every
 * reference resolved before the first write; the writes go to storage as one unit.
 */
import { type BundleContent, formatBundle } from '../fhir/bundle.ts';
import { conflict, FhirError } from '../fhir/error.ts';
import type { FhirResponse, Interaction } from '../fhir/interaction.ts';
import type { StoredResource, WriteResult } from '../fhir/stored-resource.ts';
import { checkContent } from './check-content.ts';
import { checkIdentities, writtenInstance } from './check-identities.ts';
import { checkEntryCount } from './entry-limit.ts';
import { atEntry, blame, parseEntry } from './entry-request.ts';
import { formatEntryError, formatEntryResponse } from './entry-response.ts';
import type { InteractionContext, InteractionHandler } from './perform.ts';
import type { PlacedStep } from './ports.ts';
import { type ResolvedEntry, resolveEntries } from './resolve-entries.ts';
import { writeResponse } from './write-response.ts';

/** How often a transaction starts again when what its conditions matched changed before it could commit. */
const ATTEMPTS = 10;

export const transaction: InteractionHandler<'transaction'> = async ({ bundle }, context) => {
  checkEntryCount(bundle.entries.length);
  const interactions = parseEntries(bundle, context);
  await rehearse(interactions, context);
  const answers = await untilSettled(() => attempt(bundle, interactions, context));
  return { status: 200, body: formatBundle({ type: 'transaction-response', entries: answers }) };
};

function parseEntries(bundle: BundleContent, context: InteractionContext): Interaction[] {
  const interactions = bundle.entries.map((entry, index) => parseEntry(entry, index, context));
  interactions.forEach((interaction, index) => {
    atEntry(index, () => {
      context.permit(interaction);
      if (interaction.code === 'create' || interaction.code === 'update') checkContent(interaction.resource);
    });
  });
  checkIdentities(bundle, interactions);
  return interactions;
}

/** What only reads and is no plain read is answered after the commit: whether it can be has to be known before. */
async function rehearse(interactions: readonly Interaction[], context: InteractionContext): Promise<void> {
  const written = new Set(interactions.flatMap((interaction) => writtenInstance(interaction) ?? []));
  for (const [index, interaction] of interactions.entries()) {
    if (!isQuery(interaction)) continue;
    // The versions of what this very transaction writes may come into being by it.
    if ('id' in interaction && written.has(`${interaction.resourceType}/${interaction.id}`)) continue;
    await context.perform(interaction).catch((error) => Promise.reject(blame(error, index)));
  }
}

const isQuery = ({ code }: Interaction): boolean =>
  code === 'search-type' || code === 'history-instance' || code === 'vread' || code === 'capabilities';

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
    return await Promise.all(entries.map((entry) => answer(entry, results.get(entry), context)));
  } catch (error) {
    const mayHaveChanged = error instanceof FhirError && error.status === 409 && expectations.length > 0;
    if (mayHaveChanged) return 'changed';
    throw error;
  }
}

const isStep = (entry: ResolvedEntry): boolean => entry.operation !== 'other';

function toRequest({ operation, resourceType, id, content, ifMatch, index }: ResolvedEntry): PlacedStep {
  const asked = operation === 'existing' ? 'read' : operation;
  const step = { operation: asked as PlacedStep['operation'], resourceType, id, resource: content };
  const placed = { ...step, place: `Bundle.entry[${index}]` };
  return ifMatch === undefined ? placed : { ...placed, vid: ifMatch };
}

type StepResource = WriteResult | StoredResource | undefined;

/** One entry's answer. By now all is committed: a query that fails says so for itself. */
async function answer(entry: ResolvedEntry, result: StepResource, context: InteractionContext): Promise<string> {
  try {
    return formatEntryResponse(await toResponse(entry, result, context), context.baseUrl);
  } catch (error) {
    return formatEntryError(blame(error, entry.index));
  }
}

async function toResponse(
  { operation, interaction }: ResolvedEntry,
  result: StepResource,
  context: InteractionContext,
): Promise<FhirResponse> {
  if (operation === 'other') return context.perform(interaction);
  if (!result || 'outcome' in result) return writeResponse(result);
  const { resourceType, id, versionId } = result;
  if (operation === 'read') return { status: 200, stored: result };
  // A conditional create that found its resource: 200, and where it is (http.html#ccreate).
  return { status: 200, stored: result, location: `${resourceType}/${id}/_history/${versionId}` };
}
