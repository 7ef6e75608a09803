/** Gives every entry of a transaction its identity and rewrites the links between them (FHIR R4, http.html#trules). */
import { v7 as uuid } from 'uuid';
import type { BundleContent } from '../fhir/bundle.ts';
import { badValue, noSingleMatch, notFound, versionConflict } from '../fhir/error.ts';
import type { Expectation } from '../fhir/expectation.ts';
import type { Interaction } from '../fhir/interaction.ts';
import type { Edit } from '../fhir/patch.ts';
import type { ResourceContent } from '../fhir/resource-content.ts';
import { checkFound } from './check-identities.ts';
import { resolveConditionalReferences } from './conditional-references.ts';
import { atEntry, blame } from './entry-request.ts';
import { type Links, rewriteLinks } from './links.ts';
import { buildEdit } from './patch/edit.ts';
import type { InteractionContext } from './perform.ts';

/** An entry with its identity: a step of the unit, a create that found its resource, or a read to be done afterwards. */
export interface ResolvedEntry {
  readonly operation: 'create' | 'update' | 'patch' | 'delete' | 'read' | 'existing' | 'nothing' | 'other';
  readonly interaction: Interaction;
  readonly resourceType: string;
  readonly id: string;
  /** Which entry of the Bundle it is, from 0. */
  readonly index: number;
  readonly content?: ResourceContent;
  readonly ifMatch?: string | undefined;
  readonly mustBeNew?: boolean;
  /** What a patch makes of the version that is there. */
  readonly edit?: Edit;
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
    const rewrite = (content: ResourceContent) => rewriteLinks(content, links, { fullUrl, linkElements });
    if (entry.operation === 'patch') return { ...entry, edit: editOf(entry, rewrite, context) };
    return entry.content ? { ...entry, content: rewrite(entry.content) } : entry;
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
    case 'patch': {
      const { resourceType, id, ifMatch } = interaction;
      return { operation: 'patch', interaction, index, resourceType, id, ifMatch };
    }
    case 'conditional-update':
    case 'conditional-patch':
    case 'conditional-delete':
      return identifyMatch(interaction, identification);
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
  const match = await matchingId(context, { resourceType, params: ifNoneExist, index });
  expectations.push({ resourceType, params: ifNoneExist, match, json: resource.json });
  return match === undefined ? created : { operation: 'existing', interaction, index, resourceType, id: match };
}

type Conditional = Extract<Interaction, { code: 'conditional-update' | 'conditional-patch' | 'conditional-delete' }>;

/** What a conditional write is about: the same tables as outside of a Bundle (http.html#cond-update). */
async function identifyMatch(interaction: Conditional, identification: Identification): Promise<ResolvedEntry> {
  const { resourceType, criteria: params } = interaction;
  const { index, context, expectations } = identification;
  const match = await matchingId(context, { resourceType, params, index });
  const json = interaction.code === 'conditional-update' ? { json: interaction.resource.json } : {};
  expectations.push({ resourceType, params, match, ...json });
  return atEntry(index, () => entryForMatch(interaction, match, index));
}

function entryForMatch(interaction: Conditional, match: string | undefined, index: number): ResolvedEntry {
  const { resourceType, ifMatch } = interaction;
  const found = { interaction, index, resourceType, id: match ?? '', ifMatch } as const;
  switch (interaction.code) {
    case 'conditional-delete':
      return { ...found, operation: match === undefined ? 'nothing' : 'delete' };
    case 'conditional-patch':
      if (match === undefined) throw notFound(`No ${resourceType} matches.`);
      return { ...found, operation: 'patch' };
    case 'conditional-update':
      return { ...found, ...updateForMatch(interaction, match) };
  }
}

function updateForMatch(
  { resourceType, resource, ifMatch }: Extract<Interaction, { code: 'conditional-update' }>,
  match: string | undefined,
): Pick<ResolvedEntry, 'operation' | 'id' | 'content' | 'mustBeNew'> {
  const { id = match } = resource;
  if (match !== undefined && id !== match) {
    throw badValue(`The resource has another id than the one that matches, ${match}.`, `${resourceType}.id`);
  }
  if (match !== undefined) return { operation: 'update', id: match, content: resource };
  if (ifMatch !== undefined) throw versionConflict(`No ${resourceType} matches, so no version of it matches If-Match.`);
  if (id === undefined) return { operation: 'create', id: uuid(), content: resource };
  return { operation: 'update', id, content: resource, mustBeNew: true };
}

/** What a patch entry makes of a version, its links those of the server. */
function editOf(
  { interaction, index }: ResolvedEntry,
  rewrite: (content: ResourceContent) => ResourceContent,
  { definitions: { elements }, validate }: InteractionContext,
): Edit {
  if (interaction.code !== 'patch' && interaction.code !== 'conditional-patch')
    throw new TypeError('a patch is expected');
  const { patch } = interaction;
  const rewritten = patch.language === 'fhirpath-patch' ? { ...patch, parameters: rewrite(patch.parameters) } : patch;
  return atEntry(index, () => buildEdit(rewritten, { elements, validate }));
}

/** The one match, or none. @throws FhirError 412 */
async function matchingId(
  { ports }: InteractionContext,
  condition: { readonly resourceType: string; readonly params: Expectation['params']; readonly index: number },
): Promise<string | undefined> {
  const { resourceType, params, index } = condition;
  try {
    const [match, another] = await ports.search.matchingIds(resourceType, params);
    if (another === undefined) return match;
    throw noSingleMatch('multiple-matches', `More than one ${resourceType} matches the condition.`);
  } catch (error) {
    throw blame(error, index);
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
