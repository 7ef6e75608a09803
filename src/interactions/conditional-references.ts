/**
 * Conditional references of a transaction: `Location?identifier=…` stands for the one Location that matches, on the
 * server or among what the transaction itself writes (FHIR R4, http.html#trules).
 */
import type { BundleEntry } from '../fhir/bundle.ts';
import { noSingleMatch } from '../fhir/error.ts';
import { rewriteStrings } from '../fhir/json-text.ts';
import { parseParams } from '../fhir/search-params.ts';
import { extractIndexEntries } from '../search/extract.ts';
import { matchesQuery } from '../search/match.ts';
import { parseSearchQuery } from '../search/parse.ts';
import { blame } from './entry-request.ts';
import type { InteractionContext } from './perform.ts';
import type { ResolvedEntry } from './resolve-entries.ts';

interface ConditionalReference {
  /** As it is written. */
  readonly text: string;
  readonly resourceType: string;
  readonly query: string;
  /** The first entry that has it. */
  readonly index: number;
}

/** What each conditional reference stands for: its text, and `Type/id`. @throws FhirError 412 where that is not one. */
export async function resolveConditionalReferences(
  bundleEntries: readonly BundleEntry[],
  entries: readonly ResolvedEntry[],
  context: InteractionContext,
): Promise<ReadonlyMap<string, string>> {
  const resolved = new Map<string, string>();
  for (const reference of conditionalReferences(bundleEntries)) {
    try {
      const id = await resolve(reference, entries, context);
      resolved.set(reference.text, `${reference.resourceType}/${id}`);
    } catch (error) {
      throw blame(error, reference.index);
    }
  }
  return resolved;
}

const CONDITIONAL = /^([A-Z][A-Za-z]+)\?(.+)$/;

function conditionalReferences(entries: readonly BundleEntry[]): ConditionalReference[] {
  const found = new Map<string, ConditionalReference>();
  for (const [index, { resource }] of entries.entries()) {
    if (!resource?.text.includes('?')) continue;
    rewriteStrings(resource.text, (key, text) => {
      const [, resourceType, query] = (key === 'reference' && CONDITIONAL.exec(text)) || [];
      if (resourceType && query && !found.has(text)) found.set(text, { text, resourceType, query, index });
      return undefined;
    });
  }
  return [...found.values()];
}

/** "If there are no matches, or multiple matches, the transaction fails, and an error is returned to the user". */
async function resolve(
  { resourceType, query }: ConditionalReference,
  entries: readonly ResolvedEntry[],
  context: InteractionContext,
): Promise<string> {
  if (!context.definitions.isServed(resourceType)) {
    throw noSingleMatch('not-found', 'A conditional reference names a type that is not served.');
  }
  const ofType = entries.filter((entry) => entry.resourceType === resourceType);
  const written = new Set(ofType.filter(({ operation }) => operation !== 'read').map(({ id }) => id));
  const stored = await context.ports.search.matchingIds(resourceType, parseParams(query));
  const own = matchesAmong(ofType, { resourceType, query }, context);
  const untouched = stored.filter((id) => !written.has(id) || ofType.some((entry) => isFound(entry, id)));
  const [match, another] = new Set([...untouched, ...own]);
  if (match === undefined) throw noSingleMatch('not-found', `A conditional reference matches no ${resourceType}.`);
  if (another === undefined) return match;
  throw noSingleMatch('multiple-matches', `A conditional reference matches more than one ${resourceType}.`);
}

/** A conditional create that found its resource leaves it as it is stored. */
const isFound = ({ operation, id }: ResolvedEntry, storedId: string): boolean =>
  operation === 'existing' && id === storedId;

/**
 * The ids of what the transaction writes and the query finds. What is not written yet can only be told from itself, so
 * where the transaction writes resources of the type, a chain is refused.
 */
function matchesAmong(
  entries: readonly ResolvedEntry[],
  { resourceType, query }: Pick<ConditionalReference, 'resourceType' | 'query'>,
  { definitions, baseUrl }: InteractionContext,
): readonly string[] {
  const written = entries.flatMap(({ id, content }) => (content ? [{ id, json: content.json }] : []));
  if (written.length === 0) return [];
  const parameters = definitions.searchParameters(resourceType);
  const search = parseSearchQuery(resourceType, parseParams(query), { parameters, baseUrl });
  return written.flatMap(({ id, json }) =>
    matchesQuery(extractIndexEntries(json, parameters, baseUrl), search, new Date()) ? [id] : [],
  );
}
