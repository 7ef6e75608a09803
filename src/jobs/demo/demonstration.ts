/** The demonstration jurisdiction as input of the loading job (no section of the specification). */

import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readFileSources } from '../load/read-sources.ts';
import { findSources } from '../load/sources.ts';
import type { LoadInput, LoadItem } from '../load/unit.ts';
import { casesToPeople, personUnit } from './people.ts';
import { type ReferenceTables, readReferenceTables } from './reference-tables.ts';
import { fromSynthea } from './synthea.ts';
import { parseTestCases } from './test-cases.ts';

const SUITES = ['healthy-v4.45.dev.json', 'underlying-conditions-v4.6.dev.json'];

/** Synthea's directory files: what its patients refer to. */
const SYNTHEA_DIRECTORY = /-(?:hospitals|practitioners)\.json$/;

/**
 * Everything of the demonstration, what is referred to before what refers to it. `root` is the folder that holds
 * `data/`, with a slash at its end. The size is that of the files, so progress is known from the start.
 */
export async function demonstrationBundles(root: URL): Promise<LoadInput> {
  const demo = new URL('data/demo/', root);
  const jurisdiction = await findSources([fileURLToPath(new URL('jurisdiction/', demo))]);
  const synthea = directoryFirst(await findSources([fileURLToPath(new URL('synthea/', demo))]));
  const suites = await Promise.all(SUITES.map((name) => suiteAt(new URL(`data/cdsi/test-cases/${name}`, root))));
  const sizes = [...jurisdiction.sources, ...synthea.sources, ...suites].map(({ bytes }) => bytes);

  async function* items(): AsyncGenerator<LoadItem> {
    yield* readFileSources(jurisdiction);
    yield* fromSynthea(readFileSources(synthea));
    const tables = await readReferenceTables(demo);
    for (const suite of suites) yield* readSuite(suite, tables);
  }
  return { totalBytes: sizes.reduce((sum, bytes) => sum + bytes, 0), items: items() };
}

type Sources = Awaited<ReturnType<typeof findSources>>;

function directoryFirst({ sources, refusals }: Sources): Sources {
  const isDirectory = ({ path }: { readonly path: string }) => SYNTHEA_DIRECTORY.test(path);
  const patients = sources.filter((source) => !isDirectory(source));
  return { sources: [...sources.filter(isDirectory), ...patients], refusals };
}

interface Suite {
  readonly url: URL;
  readonly bytes: number;
}

const suiteAt = async (url: URL): Promise<Suite> => ({ url, bytes: (await stat(url)).size });

/** The people of a suite; each stands for an equal share of its file. */
async function* readSuite({ url, bytes }: Suite, tables: ReferenceTables): AsyncGenerator<LoadItem> {
  const people = casesToPeople(parseTestCases(await readFile(url, 'utf8')), tables);
  const share = Math.floor(bytes / people.length);
  for (const person of people) yield { kind: 'unit', unit: personUnit(person), bytes: share };
  yield { kind: 'source-end', bytes: bytes - share * people.length };
}
