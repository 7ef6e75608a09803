/** Files and folders as input of the loading job, read as they are asked for. */

import { groupEntries } from './group.ts';
import { openSource } from './read-source.ts';
import { findSources, type Source, type SourceList } from './sources.ts';
import type { LoadInput, LoadItem } from './unit.ts';

/** Everything in these files and folders. Nothing is read before it is asked for; the size is known at once. */
export async function readSources(paths: readonly string[]): Promise<LoadInput> {
  const list = await findSources(paths);
  const totalBytes = list.sources.reduce((sum, { bytes }) => sum + bytes, 0);
  return { totalBytes, items: readFileSources(list) };
}

/** What these files hold, in their order. */
export async function* readFileSources({ sources, refusals }: SourceList): AsyncGenerator<LoadItem> {
  for (const refusal of refusals) yield { kind: 'refusal', refusal, bytes: 0 };
  for (const source of sources) yield* readOne(source);
}

/** One file with how far it was read, which adds up to its size. */
async function* readOne(source: Source): AsyncGenerator<LoadItem> {
  const opened = openSource(source);
  let counted = 0;
  for await (const item of groupEntries(opened.loadables)) {
    const bytes = Math.min(opened.bytesRead(), source.bytes) - counted;
    counted += bytes;
    yield { ...item, bytes };
  }
  yield { kind: 'source-end', bytes: source.bytes - counted };
}
