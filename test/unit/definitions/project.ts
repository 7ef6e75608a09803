/** Project roots for the tests of the declarations: this project's own, and a temporary one with given files. */

import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const projectRoot = new URL('../../../', import.meta.url);

/** The root of a new temporary project that holds these files, given by path and text. */
export async function projectWith(files: Readonly<Record<string, string>>): Promise<URL> {
  const root = pathToFileURL(`${await mkdtemp(join(tmpdir(), 'declarations-'))}/`);
  for (const [path, text] of Object.entries(files)) {
    const file = new URL(path, root);
    await mkdir(new URL('.', file), { recursive: true });
    await writeFile(file, text);
  }
  return root;
}
