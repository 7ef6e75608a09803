/** `codesets import <folder or files>` and `codesets list`: CDC's code sets, taken in and listed (docs/terminology.md). */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { OPEN_ACCESS } from './auth/access-context.ts';
import { saveSources, sourcesInForce } from './code-set-sources.ts';
import { ConfigError } from './config.ts';
import type { CdcResource } from './jobs/codesets/build.ts';
import { type ImportResult, importCodeSets } from './jobs/codesets/import.ts';
import { formatImport } from './jobs/codesets/report.ts';
import { BrokenSource, readSource, type Source } from './jobs/codesets/source.ts';
import { listCodeSets } from './list-code-sets.ts';
import { seedCodeSets } from './seed-code-sets.ts';
import { type Registry, withRegistry } from './with-registry.ts';

const USAGE = [
  'npm run jenner -- codesets import <folder or files> [--dry-run] [--json] [--allow-fewer]',
  'npm run jenner -- codesets list [--json]',
].join('\n');

/** Answers 0 where all went well, 1 where a file was refused. */
export async function codesetsCommand(args: readonly string[], root: URL): Promise<number> {
  const [command, ...rest] = args;
  const { values, positionals } = readArguments(rest);
  if (command === 'list') return listCodeSets(root, values.json === true);
  if (command !== 'import' || positionals.length === 0) throw new ConfigError(USAGE);
  try {
    const given = await readFiles(positionals);
    const options = { dryRun: values['dry-run'] === true, allowFewer: values['allow-fewer'] === true };
    const result = await withRegistry(root, (registry) => importInto(registry, given, { root, ...options }));
    process.stdout.write(`${values.json ? JSON.stringify(result, null, 2) : formatImport(result)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof BrokenSource)) throw error;
    if (values.json) process.stdout.write(`${JSON.stringify({ refused: error.message }, null, 2)}\n`);
    process.stderr.write(`Refused, and nothing was imported: ${error.message}\n`);
    return 1;
  }
}

function readArguments(args: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  const options = { 'dry-run': flag, json: flag, 'allow-fewer': flag };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\n${USAGE}`);
  }
}

/** Of a folder, the XML and text files in it. @throws BrokenSource naming the file that can't be taken */
async function readFiles(paths: readonly string[]): Promise<readonly Source[]> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  if (files.length === 0) throw new BrokenSource('There is no .xml or .txt file.');
  return Promise.all(
    files.map(async (file) => {
      const bytes = await readFile(file);
      try {
        return readSource(bytes);
      } catch (error) {
        throw new BrokenSource(`${file}: ${(error as Error).message}`, { cause: error });
      }
    }),
  );
}

async function filesAt(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new BrokenSource(`${path} is not there.`);
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => /\.(xml|txt)$/i.test(name));
  return names.toSorted().map((name) => join(path, name));
}

interface ImportOptions {
  readonly root: URL;
  readonly dryRun: boolean;
  readonly allowFewer: boolean;
}

async function importInto(
  { jenner, baseUrl }: Registry,
  given: readonly Source[],
  { root, dryRun, allowFewer }: ImportOptions,
): Promise<ImportResult> {
  const { perform, database, codeSets } = jenner;
  if (!dryRun) await seedCodeSets(jenner, baseUrl);
  const now = new Date();
  const result = await importCodeSets({
    given,
    inForce: await sourcesInForce(database, root),
    today: now.toISOString().slice(0, 10),
    allowFewer,
    dryRun,
    perform,
    caller: { access: OPEN_ACCESS, baseUrl },
    hasTransactions: database.hasTransactions,
    builtIn: (type, id) =>
      codeSets.find((entry) => entry.resourceType === type && entry.id === id)?.read() as CdcResource | undefined,
    progress: countingLines(process.stderr),
  });
  if (!dryRun) await saveSources(database, given, now);
  return result;
}

/** A line comes at most this often, in milliseconds. */
const LINE_PERIOD = 2_000;

function countingLines(stream: NodeJS.WritableStream): (done: number, total: number) => void {
  let shownAt = Date.now();
  return (done, total) => {
    if (Date.now() - shownAt < LINE_PERIOD) return;
    shownAt = Date.now();
    stream.write(`Looking for stored doses: ${done} of ${total} codes\n`);
  };
}
