/** One running DocumentDB engine: PostgreSQL on its cluster, kept alive, and the gateway in front of it. */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine, EngineReport } from '../engine.ts';
import { engineUserFor, makePrivateFolder, userThatReaches } from '../engine-user.ts';
import { startGateway } from '../gateway/gateway.ts';
import { makeRunFolder, type RunFolder } from '../run-folder.ts';
import { type Supervision, supervise } from '../supervise.ts';
import {
  type ClusterRecord,
  createCluster,
  readClusterRecord,
  UPDATE,
  writeClusterRecord,
  writeSettings,
} from './cluster.ts';
import type { CachedEngine } from './engine-cache.ts';
import { reachableTree } from './engine-tree.ts';
import { type PostmasterOptions, postgresAddress, runStatements, startPostmaster } from './postmaster.ts';
import { engineSettings } from './settings.ts';

export interface StartDocumentdb {
  readonly engine: CachedEngine;
  readonly cache: string;
  /** The data folder; undefined for data that go with the engine. */
  readonly dataDirectory: string | undefined;
  readonly report: EngineReport;
  readonly why: string;
}

/** Which engine made the cluster in a data folder; undefined where there is none. Throws when there is one without record. */
export function recordedCluster(dataDirectory: string): ClusterRecord | undefined {
  const cluster = join(dataDirectory, 'pg');
  const record = readClusterRecord(cluster);
  if (!record && existsSync(cluster) && readdirSync(cluster).length > 0) {
    throw new Error(
      `${cluster} holds data, but not Jenner's record of who made them (READY): restore or move that folder`,
    );
  }
  return record;
}

/** Throws where the data belong to somebody whom we can't become. */
function requireOwnership(cluster: string): void {
  const { uid } = statSync(cluster);
  const own = process.getuid?.();
  if (own === 0 || own === uid) return;
  throw new Error(
    `${cluster} belongs to user ${uid} and Jenner runs as user ${own}: run it as that user, or give the folder to this one (chown -R)`,
  );
}

async function prepare(start: StartDocumentdb, run: RunFolder): Promise<PostmasterOptions> {
  const { dataDirectory } = start;
  const folder = dataDirectory ?? join(run.path, 'data');
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const cluster = join(folder, 'pg');
  const wanted = engineUserFor(existsSync(cluster) ? cluster : folder);
  const durable = dataDirectory !== undefined;
  if (!existsSync(cluster)) await createCluster({ ...start, user: wanted, cluster, durable });
  requireOwnership(cluster);
  const socketDirectory = makePrivateFolder(join(run.path, 'pg'), wanted);
  const user = await userThatReaches(wanted, [cluster, socketDirectory]);
  const root = await reachableTree(start.engine.root, { ...start.engine, user: wanted, folder: run.path });
  writeSettings(cluster, engineSettings({ durable }), user);
  return { engine: { ...start.engine, root }, cluster, socketDirectory, user, log: join(folder, 'engine.log') };
}

/** Brings the extensions in the data to the version of this engine, and notes that it was here. */
async function takeOver({ cluster, engine, socketDirectory, user }: PostmasterOptions): Promise<void> {
  const last = readClusterRecord(cluster)?.key;
  try {
    await runStatements(postgresAddress(socketDirectory), UPDATE);
  } catch (error) {
    throw new Error(`${engine.key} cannot take the data over from ${last}, which opened them last: ${String(error)}`);
  }
  if (last !== engine.key) writeClusterRecord(cluster, engine, user);
}

async function launchPostgres(options: PostmasterOptions, report: EngineReport): Promise<Supervision> {
  const supervision = await supervise({
    launch: (signal) => startPostmaster({ ...options, signal }),
    onEvent: (text) => report.step(text),
  });
  try {
    await takeOver(options);
    return supervision;
  } catch (error) {
    await supervision.stop();
    throw error;
  }
}

async function startIn(run: RunFolder, start: StartDocumentdb): Promise<Engine> {
  const options = await prepare(start, run);
  const supervision = await launchPostgres(options, start.report);
  const postgres = postgresAddress(options.socketDirectory);
  try {
    // Whoever can connect can do everything: only our own user may enter the folder of the socket.
    const door = makePrivateFolder(join(run.path, 'mongo'), undefined);
    const gateway = await startGateway({ postgres, listen: { path: join(door, 'db.sock') } });
    const stop = async (): Promise<void> => {
      await gateway.close();
      await supervision.stop();
      run.remove();
    };
    return { kind: 'documentdb', uri: gateway.uri, why: start.why, processId: supervision.pid, postgres, stop };
  } catch (error) {
    await supervision.stop();
    throw error;
  }
}

/** Starts the engine on its data, made on the first start. */
export async function startDocumentdb(start: StartDocumentdb): Promise<Engine> {
  const run = makeRunFolder();
  try {
    return await startIn(run, start);
  } catch (error) {
    run.remove();
    throw error;
  }
}
