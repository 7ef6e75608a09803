/** One running mongod: a replica set of one on loopback, its data in the folder, kept alive (MongoDB manual: mongod). */

import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { availableMemory } from '../available-memory.ts';
import type { Engine, EngineReport } from '../engine.ts';
import { makeRunFolder, type RunFolder } from '../run-folder.ts';
import { type LoggedProcess, startLogged } from '../running-process.ts';
import { supervise } from '../supervise.ts';
import type { MongodBinary } from './installed-mongod.ts';
import { becomePrimary, REPLICA_SET, uriFor } from './replica-set.ts';

export interface StartMongod {
  readonly kind: 'mongod' | 'memory-server';
  readonly binary: MongodBinary;
  /** The data folder; undefined for data that go with the engine. */
  readonly dataDirectory: string | undefined;
  readonly report: EngineReport;
  readonly why: string;
}

const GIGABYTE = 1024 ** 3;

async function isFree(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ host: '127.0.0.1', port });
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' ? address?.port : undefined;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}

/** The port of the last start where it is still free: it is the member's name in its replica set. */
async function choosePort(folder: string): Promise<number> {
  const path = join(folder, 'mongod-port');
  const last = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  const port = (await isFree(Number.isInteger(last) ? last : 0)) ?? (await isFree(0));
  if (port === undefined) throw new Error('no TCP port is free on 127.0.0.1');
  writeFileSync(path, `${port}`);
  return port;
}

/** Gigabytes for the cache: mongod's own choice is half of the memory, for a machine of its own. */
function cacheSize(): string {
  return Math.max(0.25, Math.min(4, availableMemory() / 4 / GIGABYTE)).toFixed(2);
}

interface MongodPlace {
  readonly binary: MongodBinary;
  readonly dbpath: string;
  readonly log: string;
  readonly port: number;
}

async function launchMongod({ binary, dbpath, log, port }: MongodPlace, signal: AbortSignal): Promise<LoggedProcess> {
  const network = ['--bind_ip', '127.0.0.1', '--port', `${port}`, '--nounixsocket'];
  const storage = ['--dbpath', dbpath, '--wiredTigerCacheSizeGB', cacheSize()];
  const mongod = startLogged({
    command: binary.path,
    args: ['--replSet', REPLICA_SET, ...network, ...storage, '--quiet', '--slowms', '1000'],
    deathSignal: 'TERM',
    log,
    stop: { orderly: 'SIGTERM', immediate: 'SIGKILL' },
  });
  const abandon = (): void => void mongod.stop();
  signal.addEventListener('abort', abandon, { once: true });
  try {
    await becomePrimary(port, mongod.hasEnded);
    return mongod;
  } catch (error) {
    await mongod.stop();
    throw new Error(`mongod did not start (${await mongod.ended}): ${mongod.lastWords()}`, { cause: error });
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}

async function startIn(run: RunFolder, start: StartMongod): Promise<Engine> {
  const folder = start.dataDirectory ?? run.path;
  const dbpath = join(folder, 'mongod');
  mkdirSync(dbpath, { recursive: true, mode: 0o700 });
  const place = { binary: start.binary, dbpath, log: join(folder, 'engine.log'), port: await choosePort(folder) };
  const supervision = await supervise({
    launch: (signal) => launchMongod(place, signal),
    onEvent: (text) => start.report.step(text),
  });
  const stop = async (): Promise<void> => {
    await supervision.stop();
    run.remove();
  };
  return { kind: start.kind, uri: uriFor(place.port), why: start.why, processId: supervision.pid, stop };
}

/** Starts the mongod on its data, made on the first start. */
export async function startMongod(start: StartMongod): Promise<Engine> {
  const run = makeRunFolder();
  try {
    return await startIn(run, start);
  } catch (error) {
    run.remove();
    throw error;
  }
}
