/** `load <files or folders>`: brings resources in through the same gate as requests, with progress and a summary. */
import { OPEN_ACCESS } from './auth/access-context.ts';
import type { Jenner } from './compose.ts';
import { ConfigError } from './config.ts';
import { load } from './jobs/load/load.ts';
import { consoleProgress } from './jobs/load/progress.ts';
import { readSources } from './jobs/load/read-sources.ts';
import { submitThrough } from './jobs/load/submit-unit.ts';
import { formatSummary, type LoadSummary } from './jobs/load/summary.ts';
import { withRegistry } from './with-registry.ts';

/** Answers 0 where everything was taken, 1 where something was refused or the load was interrupted. */
export async function loadCommand(paths: readonly string[], root: URL): Promise<number> {
  if (paths.length === 0) throw new ConfigError('Say which files or folders to load: npm run jenner -- load <path> …');
  const summary = await withRegistry(root, ({ jenner, baseUrl }) => loadPaths(jenner, baseUrl, paths));
  process.stdout.write(`${formatSummary(summary)}\n`);
  return summary.refused === 0 && summary.stopped === undefined ? 0 : 1;
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
