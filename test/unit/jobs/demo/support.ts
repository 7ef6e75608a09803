import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Resource } from '@medplum/fhirtypes';
import { demonstrationBundles } from '../../../../src/jobs/demo/demonstration.ts';
import { type ReferenceTables, readReferenceTables } from '../../../../src/jobs/demo/reference-tables.ts';
import { parseTestCases, type TestCase } from '../../../../src/jobs/demo/test-cases.ts';
import type { LoadItem, LoadUnit } from '../../../../src/jobs/load/unit.ts';

/** The folder that holds `data/`. */
export const root: URL = pathToFileURL(`${process.cwd()}/`);

const suiteNames = ['healthy-v4.45.dev.json', 'underlying-conditions-v4.6.dev.json'];

/** The cases of both suites and the tables they are made into people with. */
export async function realCases(): Promise<{ cases: readonly TestCase[]; tables: ReferenceTables }> {
  const texts = await Promise.all(
    suiteNames.map((name) => readFile(new URL(`data/cdsi/test-cases/${name}`, root), 'utf8')),
  );
  return { cases: texts.flatMap(parseTestCases), tables: await readReferenceTables(new URL('data/demo/', root)) };
}

export interface WholeDemonstration {
  readonly totalBytes: number;
  readonly items: readonly LoadItem[];
  readonly units: readonly LoadUnit[];
  readonly resources: readonly Resource[];
}

/** Everything of the demonstration, held in memory. */
export async function wholeDemonstration(): Promise<WholeDemonstration> {
  const { totalBytes, items: stream } = await demonstrationBundles(root);
  const items: LoadItem[] = [];
  for await (const item of stream) items.push(item);
  const units = items.flatMap((item) => (item.kind === 'unit' ? [item.unit] : []));
  const resources = units.flatMap(({ entries }) => entries.map(({ text }) => JSON.parse(text) as Resource));
  return { totalBytes, items, units, resources };
}
