/** The database server of a run: the one that the operator names, or an embedded engine on a new folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '../src/engine/engine.ts';

export interface BenchEngine {
  readonly uri: string;
  /** What answers, for the report. */
  readonly title: string;
  /** Whether it was started for this run only. */
  readonly isOurs: boolean;
  stop(): Promise<void>;
}

export type Say = (text: string) => void;

export async function findBenchEngine(say: Say): Promise<BenchEngine> {
  const named = process.env['MONGODB_URI'];
  if (named) return { uri: named, title: 'the database of MONGODB_URI', isOurs: false, stop: async () => {} };
  const dataDirectory = await newFolder();
  const engine = await startEngine({ dataDirectory, report: { step: say, progress: () => {} } });
  const stop = async () => {
    await engine.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  };
  return { uri: engine.uri, title: `${engine.kind}, started for this run`, isOurs: true, stop };
}

export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'jenner-bench-'));

/** The same server, another database of it. */
export function withDatabase(uri: string, name: string): string {
  const [, server, query = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(uri) ?? [];
  if (server === undefined) throw new Error('MONGODB_URI is not a connection string');
  return `${server}/${name}${query}`;
}
