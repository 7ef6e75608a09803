/** Starts PostgreSQL on a cluster and waits until it takes statements (PostgreSQL 18, section 18.3). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineUser } from '../engine-user.ts';
import { connectPostgres, type PostgresAddress } from '../gateway/postgres-connection.ts';
import { type LoggedProcess, startLogged } from '../running-process.ts';
import type { CachedEngine } from './engine-cache.ts';
import { programFolder } from './engine-tree.ts';
import { clearStalePostmaster } from './stale-postmaster.ts';

export interface PostmasterOptions {
  readonly engine: CachedEngine;
  /** PostgreSQL's data folder. */
  readonly cluster: string;
  readonly socketDirectory: string;
  readonly user: EngineUser | undefined;
  readonly log: string;
  /** Ends the start when it is no longer wanted. */
  readonly signal?: AbortSignal;
}

const PORT = 5432;
const POLL_MS = 10;
/** Memory and files of a killed predecessor go with its last child process; that takes moments. */
const PREDECESSOR_REMAINS = /pre-existing shared memory|lock file .* already exists/;
const LAUNCHES = 20;
const RELAUNCH_MS = 100;

export function postgresAddress(socketDirectory: string): PostgresAddress {
  return { socketDirectory, port: PORT, user: 'postgres', database: 'postgres' };
}

function spawnPostgres(options: PostmasterOptions): LoggedProcess {
  const { cluster, socketDirectory } = options;
  const place = ['-k', socketDirectory, '-p', `${PORT}`];
  const localhost = `documentdb.localhost_connection_string=host=${socketDirectory}`;
  return startLogged({
    command: join(programFolder(options.engine), 'postgres'),
    args: ['-D', cluster, ...place, '-c', localhost],
    deathSignal: 'INT',
    user: options.user,
    log: options.log,
    // "Fast" shutdown first; "immediate" leaves recovery to the next start.
    stop: { orderly: 'SIGINT', immediate: 'SIGQUIT' },
  });
}

/** What the postmaster says of itself in the eighth line of its pid file; asking by connection would fill its log. */
function saysReady(cluster: string): boolean {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

async function takesStatements(address: PostgresAddress): Promise<boolean> {
  try {
    const connection = await connectPostgres(address);
    connection.close();
    return true;
  } catch {
    return false;
  }
}

/** Waits as long as the process lives: recovery after a crash takes what it takes. */
async function untilReady(postgres: LoggedProcess, options: PostmasterOptions): Promise<boolean> {
  const address = postgresAddress(options.socketDirectory);
  while (!postgres.hasEnded()) {
    if (saysReady(options.cluster) && (await takesStatements(address))) return true;
    await sleep(POLL_MS);
  }
  return false;
}

/** Starts PostgreSQL. Rejects with its last words when it ends before it takes statements. */
export async function startPostmaster(options: PostmasterOptions): Promise<LoggedProcess> {
  for (let launch = 1; ; launch++) {
    await clearStalePostmaster(options.cluster);
    const postgres = spawnPostgres(options);
    const abandon = (): void => void postgres.stop();
    options.signal?.addEventListener('abort', abandon, { once: true });
    const isReady = await untilReady(postgres, options);
    options.signal?.removeEventListener('abort', abandon);
    if (isReady) return postgres;
    const words = postgres.lastWords();
    if (launch >= LAUNCHES || !PREDECESSOR_REMAINS.test(words)) {
      throw new Error(`PostgreSQL ended at its start (${await postgres.ended}): ${words}`);
    }
    await sleep(RELAUNCH_MS);
  }
}

/** Runs statements on a PostgreSQL that takes them. */
export async function runStatements(
  address: PostgresAddress,
  statements: readonly string[],
): Promise<readonly string[]> {
  const connection = await connectPostgres(address, { client_min_messages: 'warning' });
  try {
    const answers: string[] = [];
    for (const statement of statements) {
      const rows = await connection.simple(statement);
      answers.push(...rows.map((row) => String(row[0] ?? '')));
    }
    return answers;
  } finally {
    connection.close();
  }
}
