/** Groups single entries into units of a size that a server writes well (FHIR R4, http.html#batch). */

import type { Loadable, LoadEntry } from './unit.ts';

const MAX_ENTRIES = 100;
const MAX_CHARACTERS = 1_000_000;

/** A piece of reading once entries are grouped. */
export type Grouped = Exclude<Loadable, { readonly kind: 'entry' }>;

/** Single entries in groups, in their order. A group never holds the same resource twice: the later one would be lost. */
export async function* groupEntries(loadables: AsyncIterable<Loadable>): AsyncGenerator<Grouped> {
  let group = emptyGroup();
  for await (const loadable of loadables) {
    if (loadable.kind === 'entry' && group.takes(loadable.entry)) {
      group.add(loadable.entry);
      continue;
    }
    if (loadable.kind !== 'refusal') {
      yield* group.units();
      group = emptyGroup();
    }
    if (loadable.kind === 'entry') group.add(loadable.entry);
    else yield loadable;
  }
  yield* group.units();
}

interface Group {
  takes(entry: LoadEntry): boolean;
  add(entry: LoadEntry): void;
  units(): readonly Grouped[];
}

function emptyGroup(): Group {
  const entries: LoadEntry[] = [];
  const targets = new Set<string>();
  let characters = 0;
  const target = ({ request }: LoadEntry) => `${request.method} ${request.url} ${request.ifNoneExist ?? ''}`;
  return {
    takes: (entry) => entries.length < MAX_ENTRIES && characters < MAX_CHARACTERS && !targets.has(target(entry)),
    add(entry) {
      entries.push(entry);
      targets.add(target(entry));
      characters += entry.text.length;
    },
    units: () => (entries.length > 0 ? [{ kind: 'unit', unit: { atomic: false, entries } }] : []),
  };
}
