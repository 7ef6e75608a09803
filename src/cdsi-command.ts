/** `cdsi import <folder>` and `cdsi diff <from> <to>`: releases of CDC's schedule, installed and compared (docs/forecast.md). */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, loadConfig } from './config.ts';
import { compareSchedules, type ScheduleComparison } from './forecasts/compare-schedules.ts';
import { dayOf, parseCalendarDate } from './iis/forecast/calendar.ts';
import { compileSupportingData } from './iis/forecast/compile/supporting-data.ts';
import type { SupportingData } from './iis/forecast/supporting-data.ts';
import { reachDatabase } from './reach-database.ts';
import { createSchedules, knownSchedule, type Schedules } from './schedules.ts';
import { type Database, openDatabase } from './storage/database.ts';
import { type ReleaseFiles, readRelease, storeRelease } from './storage/schedule-releases.ts';

const USAGE =
  'npm run jenner -- cdsi import <folder> [--version <version>]\n' +
  'npm run jenner -- cdsi diff <from> <to> [--date YYYY-MM-DD]';

interface Connected {
  readonly database: Database;
  readonly schedules: Schedules;
}

/** Answers 0 where it was done. */
export async function cdsiCommand(args: readonly string[], root: URL): Promise<number> {
  const { words, version, date } = readWords(args);
  const [name, first, second] = words;
  if (name === 'import' && first !== undefined && words.length === 2) {
    const release = await readFolder(first, version);
    return connected(root, (reached) => importRelease(release, reached));
  }
  if (name === 'diff' && first !== undefined && second !== undefined && words.length === 3) {
    const assessmentDate = date === undefined ? dayOf(new Date()) : parseCalendarDate(date);
    return connected(root, (reached) => diff(reached, { from: first, to: second, assessmentDate }));
  }
  throw new ConfigError(USAGE);
}

function readWords(args: readonly string[]) {
  const options = { version: { type: 'string' }, date: { type: 'string' } } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { words: positionals, ...values };
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\n${USAGE}`);
  }
}

async function connected(root: URL, work: (reached: Connected) => Promise<number>): Promise<number> {
  const reached = await reachDatabase(loadConfig(process.env, root));
  try {
    const database = await openDatabase(reached.uri);
    const schedules = createSchedules(root, database);
    return await work({ database, schedules }).finally(() => database.close());
  } finally {
    await reached.engine?.stop();
  }
}

interface Release {
  readonly version: string;
  readonly files: ReleaseFiles;
  readonly compiled: SupportingData;
}

/** Reads and compiles it: a release that can't be used is refused before anything is written. */
async function readFolder(folder: string, named: string | undefined): Promise<Release> {
  const version = named ?? /\d+\.\d+/.exec(basename(resolve(folder)))?.[0];
  if (version === undefined || !/^\d+\.\d+$/.test(version)) {
    throw new ConfigError(`The name of ${folder} tells no version such as 4.66; say it with --version.`);
  }
  const names = await readdir(folder).catch((error: Error) => {
    throw new ConfigError(`${folder} can't be read: ${error.message}`);
  });
  await checkSums(folder, names);
  const files = await readFiles(folder, names);
  try {
    return { version, files, compiled: compileSupportingData({ version, ...files }) };
  } catch (error) {
    throw new ConfigError(`Nothing was imported. ${(error as Error).message}`);
  }
}

async function readFiles(folder: string, names: readonly string[]): Promise<ReleaseFiles> {
  const xml = names.filter((name) => name.endsWith('.xml'));
  const [schedule, ...others] = xml.filter((name) => /^Schedule/i.test(name));
  const antigens = xml.filter((name) => /^Antigen/i.test(name)).toSorted();
  if (schedule === undefined || others.length > 0 || antigens.length === 0) {
    throw new ConfigError(`${folder} is no release: it needs one Schedule….xml and an Antigen….xml for each antigen.`);
  }
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  return { schedule: await read(schedule), antigens: await Promise.all(antigens.map(read)) };
}

/** Where the folder has sums of its files, a file that is missing or another one is refused. */
async function checkSums(folder: string, names: readonly string[]): Promise<void> {
  if (!names.includes('SHA256SUMS')) return;
  const lines = (await readFile(join(folder, 'SHA256SUMS'), 'utf8')).split('\n').filter((line) => line.trim() !== '');
  for (const line of lines) {
    const [, sum, name = ''] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line.trim()) ?? [];
    const content = names.includes(name) ? await readFile(join(folder, name)) : undefined;
    const isSame = content !== undefined && createHash('sha256').update(content).digest('hex') === sum;
    if (!isSame) throw new ConfigError(`Nothing was imported: ${name || line} is not the file that SHA256SUMS names.`);
  }
}

async function importRelease(
  { version, files, compiled }: Release,
  { database, schedules }: Connected,
): Promise<number> {
  const known = await readRelease(database, version);
  const isThere = (await schedules.versions()).includes(version);
  if (isThere && JSON.stringify(known) !== JSON.stringify(files)) {
    const { antigens } = await schedules.schedule(version);
    if (known !== undefined || JSON.stringify(toPlain(antigens)) !== JSON.stringify(toPlain(compiled.antigens))) {
      throw new ConfigError(`Nothing was imported: there is another release ${version} already.`);
    }
  }
  await storeRelease(database, version, files);
  const series = compiled.antigens.flatMap((antigen) => antigen.series).length;
  process.stdout.write(
    `Schedule ${version}: ${compiled.antigens.length} antigens, ${series} series, ${compiled.vaccines.size} vaccines\n`,
  );
  return 0;
}

/** Sets as lists, so that two releases can be compared as text. */
const toPlain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, entry: unknown) => (entry instanceof Set ? [...entry] : entry)));

interface DiffRequest {
  readonly from: string;
  readonly to: string;
  readonly assessmentDate: number;
}

async function diff({ database, schedules }: Connected, { from, to, assessmentDate }: DiffRequest): Promise<number> {
  const before = await knownSchedule(schedules, from);
  const after = await knownSchedule(schedules, to);
  const comparison = await compareSchedules(database, { before, after, assessmentDate });
  process.stdout.write(formatComparison(comparison, from, to));
  return 0;
}

function formatComparison({ people, affected, groups }: ScheduleComparison, from: string, to: string): string {
  const head = `${affected} of ${people} patients are affected by schedule ${to} instead of ${from}\n`;
  const parts = groups.map(({ name, people: count, doses, examples }) => {
    const lines = examples.map(({ patientId, before, after }) => `  Patient/${patientId}: ${before} -> ${after}\n`);
    return `${name}: ${count} patients with another forecast, ${doses} doses with another verdict\n${lines.join('')}`;
  });
  return head + parts.join('');
}
