/** Which files a list of paths means, in an order that is the same on every run. */

import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Refusal, refusalAt } from './unit.ts';

/** A file to read: one JSON document or one resource per line, plain or gzip. */
export interface Source {
  readonly path: string;
  readonly bytes: number;
  readonly format: 'json' | 'ndjson';
  readonly gzip: boolean;
}

export interface SourceList {
  readonly sources: readonly Source[];
  readonly refusals: readonly Refusal[];
}

const LOADABLE = /\.(?:(json)|ndjson|jsonl)(\.gz)?$/i;

/**
 * The files of these paths: a file is taken by its name's ending, a folder with all below it, sorted by code unit. A
 * path that is missing or whose kind isn't known is a refusal; in a folder, files of other kinds are passed over.
 */
export async function findSources(paths: readonly string[]): Promise<SourceList> {
  const found: Mutable<SourceList> = { sources: [], refusals: [] };
  for (const path of paths) await visit(path, { found, above: [], named: true });
  return found;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : never };

interface Walk {
  readonly found: Mutable<SourceList>;
  /** The real paths of the folders above, so that a link to one of them can't lead round in circles. */
  readonly above: readonly string[];
  /** Whether a person named this path, and so expects it to be read. */
  readonly named: boolean;
}

async function visit(path: string, walk: Walk): Promise<void> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) await visitFolder(path, walk);
    else visitFile(path, stats.size, walk);
  } catch (error) {
    walk.found.refusals.push(refusalAt({ file: path }, readingProblem(error)));
  }
}

async function visitFolder(path: string, { found, above }: Walk): Promise<void> {
  const real = await realpath(path);
  if (above.includes(real)) return;
  const names = (await readdir(path)).sort();
  for (const name of names) await visit(join(path, name), { found, above: [...above, real], named: false });
}

function visitFile(path: string, bytes: number, { found, named }: Walk): void {
  const match = LOADABLE.exec(path);
  if (match) {
    found.sources.push({ path, bytes, format: match[1] ? 'json' : 'ndjson', gzip: match[2] !== undefined });
  } else if (named) {
    found.refusals.push(refusalAt({ file: path }, 'is none of .json, .ndjson, .jsonl, each also with .gz'));
  }
}

const READING_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
};

/** Why a file can't be read, in words. */
export function readingProblem(error: unknown): string {
  const { code, message } = error instanceof Error ? (error as NodeJS.ErrnoException) : { code: '', message: '' };
  const known = READING_PROBLEMS[code ?? ''];
  if (known) return known;
  return code?.startsWith('Z_') ? `is not whole gzip: ${message}` : `can't be read: ${message || String(error)}`;
}
