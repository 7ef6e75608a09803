/**
 * transaction (FHIR R4, http.html#transaction): all of its entries or none. Every entry is checked at the gate and every
 * reference resolved before the first write; the writes go to storage as one unit.
 */
import { type BundleContent, formatBundle } from '../fhir/bundle.ts';
import { conflict, FhirError, notSupported, type OutcomeIssue, unprocessable } from '../fhir/error.ts';
import type { FhirResponse, Interaction, OperationInvocation, ReturnPreference } from '../fhir/interaction.ts';
import type { StoredResource, WriteResult } from '../fhir/stored-resource.ts';
import type { Finding } from '../validation/finding.ts';
import { checkIdentities, writtenInstance } from './check-identities.ts';
import { checkResource } from './check-resource.ts';
import { checkEntryCount } from './entry-limit.ts';
import { atEntry, blame, parseEntry } from './entry-request.ts';
import { formatEntryError, formatEntryResponse } from './entry-response.ts';
import { withFindings } from './note-findings.ts';
import type { InteractionContext, InteractionHandler } from './perform.ts';
import type { PlacedStep } from './ports.ts';
import { readResponse } from './read-response.ts';
import { type ResolvedEntry, resolveEntries } from './resolve-entries.ts';
import { withContent } from './return-preference.ts';
import { withoutUnreadable } from './unreadable.ts';
import { writeResponse } from './write-response.ts';

/** How often a transaction starts again when what its conditions matched changed before it could commit. */
const ATTEMPTS = 10;

export const transaction: InteractionHandler<'transaction'> = async ({ bundle, returns }, context) => {
  checkEntryCount(bundle.entries.length, context.settings);
  const interactions = parseEntries(bundle, context);
  const findings = checkEntryResources(interactions, context);
  checkIdentities(bundle, interactions);
  await rehearse(interactions, context);
  const answers = await untilSettled(() => attempt({ bundle, interactions, findings, returns }, context));
  return { status: 200, body: formatBundle({ type: 'transaction-response', entries: answers }) };
};

function parseEntries(bundle: BundleContent, context: InteractionContext): Interaction[] {
  const interactions = bundle.entries.map((entry, index) => parseEntry(entry, index, context));
  interactions.forEach((interaction, index) => {
    atEntry(index, () => {
      context.permit(interaction);
      if (interaction.code === 'operation') refuseOperation(interaction, context);
    });
  });
  return interactions;
}

type FindingsByEntry = ReadonlyMap<Interaction, readonly Finding[]>;

/** @throws FhirError 422 with the issues of all entries, so that a sender learns of them at once. */
function checkEntryResources(interactions: readonly Interaction[], { validate }: InteractionContext): FindingsByEntry {
  const findings = new Map<Interaction, readonly Finding[]>();
  const issues: OutcomeIssue[] = [];
  for (const [index, interaction] of interactions.entries()) {
    if (!('resource' in interaction)) continue;
    try {
      findings.set(interaction, checkResource(interaction.resource, { validate, allowsConditionalReferences: true }));
    } catch (error) {
      const refusal = blame(error, index);
      if (!(refusal instanceof FhirError) || refusal.status !== 422) throw refusal;
      issues.push(...refusal.issues);
    }
  }
  if (issues.length > 0) throw unprocessable(issues);
  return findings;
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

const QUERIES: ReadonlySet<Interaction['code']> = new Set<Interaction['code']>([
  'search-type',
  'search-system',
  'history-instance',
  'history-type',
  'history-system',
  'vread',
  'capabilities',
  'operation',
]);

const isQuery = ({ code }: Interaction): boolean => QUERIES.has(code);

/** An operation that writes would do so outside of the unit. @throws FhirError 400 */
function refuseOperation({ name, resourceType }: OperationInvocation, { definitions }: InteractionContext): void {
  if (definitions.operation(name, resourceType)?.affectsState !== true) return;
  throw notSupported(`$${name} changes resources, which a transaction does by its own entries only.`);
}

/** Starts again while conditions, once resolved, turn out to have changed. */
async function untilSettled<Result>(work: () => Promise<Result | 'changed'>): Promise<Result> {
  for (let tries = 0; tries < ATTEMPTS; tries++) {
    const result = await work();
    if (result !== 'changed') return result;
  }
  throw conflict('What the conditions of this transaction match keeps changing; try again.');
}

interface Unit {
  readonly bundle: BundleContent;
  readonly interactions: readonly Interaction[];
  readonly findings: FindingsByEntry;
  readonly returns: ReturnPreference | undefined;
}

async function attempt(
  { bundle, interactions, findings, returns }: Unit,
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
    const told = (entry: ResolvedEntry): Answer => ({
      result: results.get(entry),
      found: findings.get(entry.interaction) ?? [],
      returns,
    });
    return await Promise.all(entries.map((entry) => answer(entry, told(entry), context)));
  } catch (error) {
    const mayHaveChanged =
      error instanceof FhirError && error.status === 409 && isConflict(error) && expectations.length > 0;
    if (mayHaveChanged) return 'changed';
    throw error;
  }
}

/** Not one that tells of an id that is taken, which another try would find taken too. */
const isConflict = ({ issues }: FhirError): boolean => issues.every(({ code }) => code === 'conflict');

const isStep = ({ operation }: ResolvedEntry): boolean => operation !== 'other' && operation !== 'nothing';

function toRequest({
  operation,
  resourceType,
  id,
  content,
  edit,
  mustBeNew,
  ifMatch,
  index,
}: ResolvedEntry): PlacedStep {
  const asked = operation === 'existing' ? 'read' : operation;
  const step = { operation: asked as PlacedStep['operation'], resourceType, id, resource: edit ?? content };
  const placed = { ...step, place: `Bundle.entry[${index}]`, mustBeNew, isFound: operation === 'existing' };
  return ifMatch === undefined ? placed : { ...placed, vid: ifMatch };
}

type StepResource = WriteResult | StoredResource | undefined;

interface Answer {
  readonly result: StepResource;
  readonly found: readonly Finding[];
  readonly returns: ReturnPreference | undefined;
}

/** One entry's answer. By now all is committed: a query that fails says so for itself. */
async function answer(
  entry: ResolvedEntry,
  { result, found, returns }: Answer,
  context: InteractionContext,
): Promise<string> {
  const { code } = entry.interaction;
  try {
    const response = withoutUnreadable(await toResponse(entry, result, context), code, context);
    const preferred = withContent(withFindings(response, code, found), code, returns);
    return formatEntryResponse(preferred, { baseUrl: context.baseUrl, code, returns });
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
  if (interaction.code === 'read') return readResponse(result, interaction, context.definitions);
  // A conditional create that found its resource: 200, and where it is (http.html#ccreate).
  return { status: 200, stored: result, location: `${resourceType}/${id}/_history/${versionId}` };
}
