import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { readSources } from '../../../../src/jobs/load/read-sources.ts';
import type { LoadEntry, LoadItem, LoadUnit, Refusal } from '../../../../src/jobs/load/unit.ts';

/** Writes files below a new temporary folder, gone with the test, and answers that folder. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jenner-load-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

export interface Reading {
  readonly items: readonly LoadItem[];
  readonly units: readonly LoadUnit[];
  readonly entries: readonly LoadEntry[];
  readonly refusals: readonly Refusal[];
  readonly totalBytes: number;
}

/** Everything that these paths hold. */
export async function readAll(paths: readonly string[]): Promise<Reading> {
  const { items: stream, totalBytes } = await readSources(paths);
  const items: LoadItem[] = [];
  for await (const item of stream) items.push(item);
  const units = items.flatMap((item) => (item.kind === 'unit' ? [item.unit] : []));
  const refusals = items.flatMap((item) => (item.kind === 'refusal' ? [item.refusal] : []));
  return { items, units, refusals, totalBytes, entries: units.flatMap(({ entries }) => entries) };
}

/** Reads one file of this name and content. */
export async function readFileOf(name: string, content: string | Uint8Array): Promise<Reading> {
  const folder = await folderWith({ [name]: content });
  return readAll([join(folder, name)]);
}
