/** How a command reaches the database of the server, whether that runs or not. */
import type { Config } from './config.ts';
import { createConsole } from './console.ts';
import { type Engine, findRunningEngine, startEngine } from './engine/engine.ts';

interface ReachedDatabase {
  readonly uri: string;
  /** Ours to stop, where none was running. */
  readonly engine?: Engine;
}

/** The named database, the engine of a server that runs on the data folder, or an engine of our own. */
export async function reachDatabase({ mongodbUri, dataDirectory }: Config): Promise<ReachedDatabase> {
  const running = mongodbUri ?? (await findRunningEngine(dataDirectory));
  if (running !== undefined) return { uri: running };
  const engine = await startEngine({ dataDirectory, report: createConsole(process.stderr) });
  return { uri: engine.uri, engine };
}
