/** A command's work on the registry, running or not, and its end in order. */
import { compose, type Jenner } from './compose.ts';
import { type Config, loadConfig } from './config.ts';
import { FHIR_PATH } from './http/fhir-path.ts';
import { createLog } from './log.ts';
import { reachDatabase } from './reach-database.ts';

export interface Registry {
  readonly jenner: Jenner;
  readonly config: Config;
  /** This server's FHIR base URL by the configuration, without a slash at its end. */
  readonly baseUrl: string;
}

export async function withRegistry<T>(root: URL, work: (registry: Registry) => Promise<T>): Promise<T> {
  const config = loadConfig(process.env, root);
  const database = await reachDatabase(config);
  const baseUrl = config.baseUrl ?? `http://localhost:${config.port}${FHIR_PATH}`;
  const log = createLog(config.logLevel, (line) => process.stderr.write(line));
  try {
    const jenner = await compose({ root, uri: database.uri, baseUrl, log });
    return await work({ jenner, config, baseUrl }).finally(() => jenner.close());
  } finally {
    await database.engine?.stop();
  }
}
