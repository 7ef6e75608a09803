/** The mongod that mongodb-memory-server keeps or can fetch (its configuration: MONGOMS_* and package.json). */
import { join } from 'node:path';
import { makeCacheFolder } from '../cache-folder.ts';
import type { EngineReport } from '../engine.ts';
import { acquireLock } from '../owner-lock.ts';
import { checkMongod, type MongodBinary } from './installed-mongod.ts';
import { whyUnreachable } from './reachability.ts';

export interface MongodDownload {
  readonly cache: string;
  readonly report: EngineReport;
  readonly environment: NodeJS.ProcessEnv;
}

const MONGOD_FOLDER = 'mongod';
const LONGEST_DOWNLOAD_MS = 30 * 60_000;

/** Loaded when it is needed only: most starts are served without it. */
async function library() {
  const { DryMongoBinary } = await import('mongodb-memory-server-core/lib/util/DryMongoBinary.js');
  const { MongoBinaryDownload } = await import('mongodb-memory-server-core/lib/util/MongoBinaryDownload.js');
  const { MongoBinaryDownloadUrl } = await import('mongodb-memory-server-core/lib/util/MongoBinaryDownloadUrl.js');
  return { DryMongoBinary, MongoBinaryDownload, MongoBinaryDownloadUrl };
}

function downloadFolder(cache: string): string {
  return join(cache, MONGOD_FOLDER);
}

/** The mongod that the library has fetched before, for us or for others; undefined when it has none. */
export async function findDownloadedMongod(cache: string): Promise<MongodBinary | undefined> {
  const { DryMongoBinary } = await library();
  const options = await DryMongoBinary.generateOptions({ downloadDir: downloadFolder(cache) });
  const path = await DryMongoBinary.locateBinary(options);
  return path === undefined ? undefined : checkMongod(path);
}

async function fetchMongod(download: MongodDownload): Promise<string> {
  const { DryMongoBinary, MongoBinaryDownload, MongoBinaryDownloadUrl } = await library();
  const options = await DryMongoBinary.generateOptions({ downloadDir: downloadFolder(download.cache) });
  const url = await new MongoBinaryDownloadUrl(options).getDownloadUrl();
  const obstacle = await whyUnreachable(url, download.environment);
  if (obstacle) throw new Error(`${new URL(url).host} can't be reached (${obstacle})`);
  const fetching = new MongoBinaryDownload({ ...options, checkMD5: true });
  // The library's own progress goes to standard output, which is not ours to fill.
  fetching.printDownloadProgress = ({ length }) => {
    fetching.dlProgress.current += length;
    const { current, length: total } = fetching.dlProgress;
    download.report.progress(`Fetching MongoDB ${options.version}`, current, total);
  };
  return fetching.getMongodPath();
}

/** The library checks the server's certificate only when npm is configured to, which it takes from the environment. */
async function withCheckedCertificates<T>(work: () => Promise<T>): Promise<T> {
  const name = 'npm_config_strict_ssl';
  const before = process.env[name];
  process.env[name] = before ?? 'true';
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env[name];
  }
}

/** Fetches a mongod, or takes the one that another process has just fetched. Rejects with the reason when it can't be had. */
export async function downloadMongod(download: MongodDownload): Promise<MongodBinary> {
  const folder = makeCacheFolder(download.cache, MONGOD_FOLDER);
  const onWait = (): void => download.report.step('Another process is fetching MongoDB; waiting for it');
  const lock = await acquireLock(join(folder, '.lock'), { waitMs: LONGEST_DOWNLOAD_MS, onWait });
  if (lock.kind === 'busy') throw new Error(`process ${lock.owner?.pid} has been fetching MongoDB for too long`);
  try {
    const found = await findDownloadedMongod(download.cache);
    return found ?? (await checkMongod(await withCheckedCertificates(() => fetchMongod(download))));
  } finally {
    lock.release();
  }
}
