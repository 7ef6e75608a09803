/** Synthea's Bundles made independent of the server's ids (FHIR R4, http.html#trules: conditional references). */

import { rewriteStrings } from '../../fhir/json-text.ts';
import type { LoadEntry, LoadItem } from '../load/unit.ts';
import { markSynthetic } from './mark.ts';
import { corrected } from './synthea-corrections.ts';

/** What is known of the entries read so far. */
interface SyntheaDirectory {
  /** A full URL or conditional reference to the literal reference it stands for */
  readonly literal: Map<string, string>;
  /** The resources that were handed on */
  readonly known: Set<string>;
}

/**
 * Marks what Synthea made as synthetic and gives every entry a fixed id: a conditional create becomes a put under the id
 * its resource has, references become literal. A clinic that comes in several Bundles, each time a little different, is
 * taken once.
 */
export async function* fromSynthea(items: AsyncIterable<LoadItem>): AsyncGenerator<LoadItem> {
  const directory: SyntheaDirectory = { literal: new Map(), known: new Set() };
  for await (const item of items) {
    if (item.kind !== 'unit') {
      yield item;
      continue;
    }
    const puts = item.unit.entries.map((entry) => asPut(entry, directory));
    const entries = puts.filter((entry) => isNew(entry, directory)).map((entry) => finished(entry, directory));
    yield { ...item, unit: { ...item.unit, entries } };
  }
}

function asPut(entry: LoadEntry, { literal }: SyntheaDirectory): LoadEntry {
  const { fullUrl, request, resourceType } = entry;
  const { id } = JSON.parse(entry.text) as { readonly id?: string };
  const url = id === undefined ? request.url : `${resourceType}/${id}`;
  if (fullUrl) literal.set(fullUrl, url);
  if (request.ifNoneExist === undefined || id === undefined) return entry;
  literal.set(`${resourceType}?${request.ifNoneExist}`, url);
  return { ...entry, request: { method: 'PUT', url } };
}

function isNew({ request }: LoadEntry, { known }: SyntheaDirectory): boolean {
  if (known.has(request.url)) return false;
  known.add(request.url);
  return true;
}

function finished(entry: LoadEntry, { literal }: SyntheaDirectory): LoadEntry {
  const text = rewriteStrings(entry.text, (key, value) => (key === 'reference' ? literal.get(value) : undefined));
  return { ...entry, text: markSynthetic(corrected(text)) };
}
