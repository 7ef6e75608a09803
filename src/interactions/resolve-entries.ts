/** Gives every entry of a transaction its identity and rewrites the links between them (FHIR R4, http.html#trules). */
import { v7 as uuid } from 'uuid';
import type { BundleContent } from '../fhir/bundle.ts';
import { FhirError, type IssueCode } from '../fhir/error.ts';
import type { Expectation } from '../fhir/expectation.ts';
import type { Interaction } from '../fhir/interaction.ts';
import type { ResourceContent } from '../fhir/resource-content.ts';
import { parseParams } from '../fhir/search-params.ts';
import { blame } from './entry-request.ts';
import { conditionalReferences, type Links, rewriteLinks } from './links.ts';
import type { InteractionContext } from './perform.ts';

/** An entry with its identity: a step of the unit, a create that found its resource, or a read to be done afterwards. */
export interface ResolvedEntry {
  readonly operation: 'create' | 'update' | 'delete' | 'read' | 'existing' | 'other';
  readonly interaction: Interaction;
  readonly resourceType: string;
  readonly id: string;
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
  switch (interaction.code) {
    case 'create':
      return identifyCreate(interaction, identification);
    case 'update': {
      const { resourceType, id, resource, ifMatch } = interaction;
      return { operation: 'update', interaction, resourceType, id, content: resource, ifMatch };
    }
    case 'delete': {
      const { resourceType, id, ifMatch } = interaction;
      return { operation: 'delete', interaction, resourceType, id, ifMatch };
    }
    case 'read': {
      const { resourceType, id } = interaction;
      return { operation: 'read', interaction, resourceType, id };
    }
    default:
      return { operation: 'other', interaction, resourceType: '', id: '' };
  }
}

async function identifyCreate(
  interaction: Extract<Interaction, { code: 'create' }>,
  { index, context, expectations }: Identification,
): Promise<ResolvedEntry> {
  const { resourceType, resource, ifNoneExist } = interaction;
  const created = { operation: 'create', interaction, resourceType, id: uuid(), content: resource } as const;
  if (!ifNoneExist) return created;
  const [match, another] = await matchingIds(context, { resourceType, params: ifNoneExist, index });
  if (another) throw blame(severalMatch(`${resourceType} that ifNoneExist asks for`), index);
  expectations.push({ resourceType, params: ifNoneExist, match, json: resource.json });
  return match === undefined ? created : { operation: 'existing', interaction, resourceType, id: match };
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
  const links = new Map<string, string>();
  bundle.entries.forEach(({ fullUrl }, index) => {
    const entry = entries[index];
    if (fullUrl && entry?.id) links.set(fullUrl, `${entry.resourceType}/${entry.id}`);
  });
  for (const { text, resourceType, query } of conditionalReferences(bundle.entries)) {
    links.set(text, `${resourceType}/${await resolveReference(context, resourceType, query)}`);
  }
  return links;
}

/** "If there are no matches, or multiple matches, the transaction fails" (http.html#trules, conditional references). */
async function resolveReference(context: InteractionContext, resourceType: string, query: string): Promise<string> {
  if (!context.definitions.isServed(resourceType)) throw unresolved('not-found', `a type that is not served`);
  const [match, another] = await context.ports.search.matchingIds(resourceType, parseParams(query));
  if (match === undefined) throw unresolved('not-found', `no ${resourceType}`);
  if (another !== undefined) throw unresolved('multiple-matches', `more than one ${resourceType}`);
  return match;
}

const unresolved = (code: IssueCode, what: string): FhirError =>
  new FhirError(412, [{ severity: 'error', code, diagnostics: `A conditional reference matches ${what}.` }]);

const severalMatch = (what: string): FhirError =>
  new FhirError(412, [{ severity: 'error', code: 'multiple-matches', diagnostics: `More than one ${what} exists.` }]);
