/** `load <files or folders>`: brings resources in through the same gate as requests, with progress and a summary. */
import { OPEN_ACCESS } from './auth/access-context.ts';
import { compose, type Jenner } from './compose.ts';
import { ConfigError, loadConfig } from './config.ts';
import { FHIR_PATH } from './http/fhir-path.ts';
import { load } from './jobs/load/load.ts';
import { consoleProgress } from './jobs/load/progress.ts';
import { readSources } from './jobs/load/read-sources.ts';
import { submitThrough } from './jobs/load/submit-unit.ts';
import { formatSummary, type LoadSummary } from './jobs/load/summary.ts';
import { createLog } from './log.ts';
import { reachDatabase } from './reach-database.ts';

/** Answers 0 where everything was taken, 1 where something was refused or the load was interrupted. */
export async function loadCommand(paths: readonly string[], root: URL): Promise<number> {
  if (paths.length === 0) throw new ConfigError('Say which files or folders to load: npm run jenner -- load <path> …');
  const config = loadConfig(process.env, root);
  const database = await reachDatabase(config);
  const baseUrl = config.baseUrl ?? `http://localhost:${config.port}${FHIR_PATH}`;
  const log = createLog(config.logLevel, (line) => process.stderr.write(line));
  try {
    const jenner = await compose({ root, uri: database.uri, baseUrl, log });
    const summary = await loadPaths(jenner, baseUrl, paths).finally(() => jenner.close());
    process.stdout.write(`${formatSummary(summary)}\n`);
    return summary.refused === 0 && summary.stopped === undefined ? 0 : 1;
  } finally {
    await database.engine?.stop();
  }
}

async function loadPaths({ perform }: Jenner, baseUrl: string, paths: readonly string[]): Promise<LoadSummary> {
  const interrupt = new AbortController();
  const stop = () => interrupt.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return load({
    input: await readSources(paths),
    submit: submitThrough(perform, { access: OPEN_ACCESS, baseUrl }),
    progress: consoleProgress({ stream: process.stderr, title: 'Loading' }),
    signal: interrupt.signal,
  });
}
