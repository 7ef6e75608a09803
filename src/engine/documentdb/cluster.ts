/** PostgreSQL's data folder: made once as a template in the cache, copied for every new data folder (PostgreSQL 18, section 18.2). */
import { createHash } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCacheFolder } from '../cache-folder.ts';
import { runOrThrow } from '../child-process.ts';
import type { EngineReport } from '../engine.ts';
import { type EngineUser, makePrivateFolder, userThatReaches } from '../engine-user.ts';
import { acquireLock } from '../owner-lock.ts';
import { makeRunFolder } from '../run-folder.ts';
import type { CachedEngine } from './engine-cache.ts';
import { programFolder, reachableTree } from './engine-tree.ts';
import { postgresAddress, runStatements, startPostmaster } from './postmaster.ts';
import { engineSettings, formatSettings, type Settings, unknownSettingsQuery } from './settings.ts';

/** Written last: a cluster without it was not finished. */
const READY = 'READY';
const SETTINGS_FILE = 'jenner.conf';

/** What the READY file says about the engine that opened the cluster last. */
export interface ClusterRecord {
  readonly key: string;
  readonly postgresMajor: number;
}

const INITDB = [
  '--username=postgres',
  '--auth=trust',
  '--no-sync',
  '--no-instructions',
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
];

const EXTENSIONS = ['documentdb_core', 'documentdb', 'documentdb_extended_rum'];
/** They would start a worker every two seconds for nothing: our index builds are synchronous. */
const UNSCHEDULE = "select cron.unschedule(jobid) from cron.job where jobname like 'documentdb_index_build%'";
const CREATE = ['create extension documentdb cascade', 'create extension documentdb_extended_rum', UNSCHEDULE];
/** At every start, because the engine may be newer than the one that made the cluster. */
export const UPDATE: readonly string[] = [...EXTENSIONS.map((name) => `alter extension ${name} update`), UNSCHEDULE];

export function readClusterRecord(cluster: string): ClusterRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(cluster, READY), 'utf8')) as ClusterRecord;
  } catch {
    return undefined;
  }
}

function give(path: string, user: EngineUser | undefined): void {
  if (user) chownSync(path, user.uid, user.gid);
}

function writeOwned(path: string, text: string, user: EngineUser | undefined): void {
  const next = `${path}.next`;
  writeFileSync(next, text, { mode: 0o600 });
  give(next, user);
  renameSync(next, path);
}

/** Notes that this engine opened the cluster. */
export function writeClusterRecord(cluster: string, engine: CachedEngine, user: EngineUser | undefined): void {
  const { key, postgresMajor } = engine;
  writeOwned(join(cluster, READY), JSON.stringify({ key, postgresMajor }), user);
}

/** Puts this version's settings into the cluster. */
export function writeSettings(cluster: string, settings: Settings, user: EngineUser | undefined): void {
  writeOwned(join(cluster, SETTINGS_FILE), formatSettings(settings), user);
}

interface TemplateOptions {
  readonly cache: string;
  readonly engine: CachedEngine;
  readonly user: EngineUser | undefined;
  readonly report: EngineReport;
}

function templateFolder(options: TemplateOptions): string {
  const recipe = createHash('sha256')
    .update(JSON.stringify([INITDB, CREATE]))
    .digest('hex')
    .slice(0, 8);
  const uid = options.user?.uid ?? process.getuid?.() ?? 0;
  return join(makeCacheFolder(options.cache, 'template'), `${options.engine.key}_${recipe}_${uid}`);
}

async function initialise(cluster: string, engine: CachedEngine, user: EngineUser | undefined): Promise<void> {
  const command = join(programFolder(engine), 'initdb');
  try {
    await runOrThrow({ command, args: ['-D', cluster, ...INITDB], user, deathSignal: 'TERM' });
  } catch (error) {
    const uid = user?.uid ?? process.getuid?.();
    if (!String(error).includes('could not look up effective user ID')) throw error;
    throw new Error(`PostgreSQL needs an entry for user ${uid} in /etc/passwd and there is none: add one`, {
      cause: error,
    });
  }
  const settings = join(cluster, 'postgresql.conf');
  writeOwned(settings, `${readFileSync(settings, 'utf8')}\ninclude '${SETTINGS_FILE}'\n`, user);
}

async function reportUnknownSettings(socketDirectory: string, settings: Settings, report: EngineReport): Promise<void> {
  const unknown = await runStatements(postgresAddress(socketDirectory), [unknownSettingsQuery(settings)]);
  if (unknown.length === 0) return;
  report.step(`This version of the engine ignores ${unknown.join(', ')}: it works, but may be slower or accept more`);
}

async function build(cluster: string, options: TemplateOptions): Promise<void> {
  const { report } = options;
  const run = makeRunFolder();
  try {
    const root = await reachableTree(options.engine.root, { ...options.engine, user: options.user, folder: run.path });
    const engine = { ...options.engine, root };
    makePrivateFolder(cluster, options.user);
    const socketDirectory = makePrivateFolder(join(run.path, 'pg'), options.user);
    const user = await userThatReaches(options.user, [cluster, socketDirectory]);
    await initialise(cluster, engine, user);
    const settings = engineSettings({ durable: false });
    writeSettings(cluster, settings, user);
    const log = join(run.path, 'template.log');
    const postgres = await startPostmaster({ engine, cluster, socketDirectory, user, log });
    try {
      await runStatements(postgresAddress(socketDirectory), CREATE);
      await reportUnknownSettings(socketDirectory, settings, report);
    } finally {
      await postgres.stop();
    }
    writeClusterRecord(cluster, engine, user);
  } finally {
    run.remove();
  }
}

/** The template for clusters of this engine; the first to need it makes it, which proves that the engine runs. */
async function findTemplate(options: TemplateOptions): Promise<string> {
  const template = templateFolder(options);
  if (existsSync(join(template, READY))) return template;
  const lock = await acquireLock(`${template}.lock`, { waitMs: 120_000 });
  if (lock.kind === 'busy') throw new Error(`process ${lock.owner?.pid} has been preparing ${template} for too long`);
  try {
    if (existsSync(join(template, READY))) return template;
    options.report.step('Preparing an empty database');
    const scratch = `${template}.making`;
    rmSync(scratch, { recursive: true, force: true });
    await build(scratch, options);
    rmSync(template, { recursive: true, force: true });
    renameSync(scratch, template);
    return template;
  } finally {
    lock.release();
  }
}

export interface NewClusterOptions extends TemplateOptions {
  readonly cluster: string;
  readonly durable: boolean;
}

/** Makes an empty cluster; killed half-way, it leaves none. */
export async function createCluster(options: NewClusterOptions): Promise<void> {
  const template = await findTemplate(options);
  const scratch = `${options.cluster}.making`;
  rmSync(scratch, { recursive: true, force: true });
  const copy = ['-a', '--reflink=auto', template, scratch];
  await runOrThrow({ command: 'cp', args: copy, deathSignal: 'KILL' });
  if (options.durable) await runOrThrow({ command: 'sync', args: ['-f', scratch], deathSignal: 'KILL' });
  renameSync(scratch, options.cluster);
}
