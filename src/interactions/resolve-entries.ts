/** Gives every entry of a transaction its identity and rewrites the links between them (FHIR R4, http.html#trules). */
import { v7 as uuid } from 'uuid';
import type { BundleContent } from '../fhir/bundle.ts';
import { type FhirError, noSingleMatch } from '../fhir/error.ts';
import type { Expectation } from '../fhir/expectation.ts';
import type { Interaction } from '../fhir/interaction.ts';
import type { ResourceContent } from '../fhir/resource-content.ts';
import { checkFound } from './check-identities.ts';
import { resolveConditionalReferences } from './conditional-references.ts';
import { blame } from './entry-request.ts';
import { type Links, rewriteLinks } from './links.ts';
import type { InteractionContext } from './perform.ts';

/** An entry with its identity: a step of the unit, a create that found its resource, or a read to be done afterwards. */
export interface ResolvedEntry {
  readonly operation: 'create' | 'update' | 'delete' | 'read' | 'existing' | 'other';
  readonly interaction: Interaction;
  readonly resourceType: string;
  readonly id: string;
  /** Which entry of the Bundle it is, from 0. */
  readonly index: number;
  readonly content?: ResourceContent;
  readonly ifMatch?: string | undefined;
}

export interface Resolution {
  readonly entries: readonly ResolvedEntry[];
  readonly expectations: readonly Expectation[];
}

export async function resolveEntries(
  bundle: BundleContent,
  interactions: readonly Interaction[],
  context: InteractionContext,
): Promise<Resolution> {
  const expectations: Expectation[] = [];
  const identified: ResolvedEntry[] = [];
  for (const [index, interaction] of interactions.entries()) {
    identified.push(await identify(interaction, { index, context, expectations }));
  }
  checkFound(identified);
  const links = await collectLinks(bundle, identified, context);
  const { linkElements } = context.definitions;
  const entries = identified.map((entry, index) => {
    const fullUrl = bundle.entries[index]?.fullUrl;
    return entry.content ? { ...entry, content: rewriteLinks(entry.content, links, { fullUrl, linkElements }) } : entry;
  });
  return { entries, expectations };
}

interface Identification {
  readonly index: number;
  readonly context: InteractionContext;
  readonly expectations: Expectation[];
}

async function identify(interaction: Interaction, identification: Identification): Promise<ResolvedEntry> {
  const { index } = identification;
  switch (interaction.code) {
    case 'create':
      return identifyCreate(interaction, identification);
    case 'update': {
      const { resourceType, id, resource, ifMatch } = interaction;
      return { operation: 'update', interaction, index, resourceType, id, content: resource, ifMatch };
    }
    case 'delete': {
      const { resourceType, id, ifMatch } = interaction;
      return { operation: 'delete', interaction, index, resourceType, id, ifMatch };
    }
    case 'read': {
      const { resourceType, id } = interaction;
      return { operation: 'read', interaction, index, resourceType, id };
    }
    default:
      return { operation: 'other', interaction, index, resourceType: '', id: '' };
  }
}

async function identifyCreate(
  interaction: Extract<Interaction, { code: 'create' }>,
  { index, context, expectations }: Identification,
): Promise<ResolvedEntry> {
  const { resourceType, resource, ifNoneExist } = interaction;
  const created = { operation: 'create', interaction, index, resourceType, id: uuid(), content: resource } as const;
  if (!ifNoneExist) return created;
  const [match, another] = await matchingIds(context, { resourceType, params: ifNoneExist, index });
  if (another) throw blame(severalMatch(resourceType), index);
  expectations.push({ resourceType, params: ifNoneExist, match, json: resource.json });
  return match === undefined ? created : { operation: 'existing', interaction, index, resourceType, id: match };
}

async function matchingIds(
  { ports }: InteractionContext,
  condition: { readonly resourceType: string; readonly params: Expectation['params']; readonly index: number },
): Promise<readonly string[]> {
  try {
    return await ports.search.matchingIds(condition.resourceType, condition.params);
  } catch (error) {
    throw blame(error, condition.index);
  }
}

async function collectLinks(
  bundle: BundleContent,
  entries: readonly ResolvedEntry[],
  context: InteractionContext,
): Promise<Links> {
  const links = new Map(await resolveConditionalReferences(bundle.entries, entries, context));
  bundle.entries.forEach(({ fullUrl }, index) => {
    const entry = entries[index];
    if (fullUrl && entry?.id) links.set(fullUrl, `${entry.resourceType}/${entry.id}`);
  });
  return links;
}

const severalMatch = (resourceType: string): FhirError =>
  noSingleMatch('multiple-matches', `More than one ${resourceType} matches ifNoneExist.`);
