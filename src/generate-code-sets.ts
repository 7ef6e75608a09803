/** Makes the code sets of `data/codesets/resources` that come from CDC's files, and the index of all (docs/terminology.md). */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { buildCodeSetIndex } from './definitions/code-sets.ts';
import { buildCdcSets } from './jobs/codesets/build.ts';
import { readSource, type Source } from './jobs/codesets/source.ts';

const CDC_FOLDER = 'data/codesets/cdc/';
/** When CDC served the files that are there: the date of the sets whose files have none. */
const SERVED = '2025-12-09';

/** CDC's files of this edition. @param root of the project, a `file:` URL that ends in `/` */
export function readBuiltInSources(root: URL): readonly Source[] {
  const folder = new URL(CDC_FOLDER, root);
  const names = readdirSync(folder).filter((name) => /\.(xml|txt)$/.test(name));
  return names.toSorted().map((name) => readSource(readFileSync(new URL(name, folder))));
}

/** Writes the files. Running it again changes nothing. */
export async function generateCodeSets(root: URL): Promise<void> {
  for (const resource of buildCdcSets(readBuiltInSources(root), SERVED)) {
    const name = `${resource.resourceType}-${resource.id}.json`;
    await writeFile(new URL(`data/codesets/resources/${name}`, root), layOut(resource));
  }
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  await writeFile(new URL('data/codesets/index.json', root), buildCodeSetIndex(root, digest));
}

/** One line per element of the frame, per concept and per mapping, so that a new edition is easy to compare. */
function layOut(resource: object): string {
  const lines = Object.entries(resource).map(([name, value]) => `${JSON.stringify(name)}: ${layOutValue(name, value)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

function layOutValue(name: string, value: unknown): string {
  if (!Array.isArray(value) || !/^(concept|group|element)$/.test(name)) return JSON.stringify(value);
  const items = value.map((item: object) => (name === 'group' ? layOut(item) : JSON.stringify(item)));
  return `[\n${items.join(',\n').trimEnd()}\n]`;
}
