/** The life of the server process: start in order, tell what happens, stop in reverse order. */
import type { AuthorizationServer } from './authorization-server/authorization-server.ts';
import { compose, composeApp, type Jenner } from './compose.ts';
import { authorizationRecords, composeAuthorization, metadataPolicy } from './compose-authorization.ts';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { type Console, createConsole } from './console.ts';
import { loadDemonstration } from './demonstration.ts';
import { type DemonstrationAccounts, demonstrationAccounts } from './demonstration-accounts.ts';
import { type Engine, startEngine } from './engine/engine.ts';
import { FHIR_PATH } from './http/fhir-path.ts';
import { type Door, listen } from './http/server.ts';
import { createLog, type Log } from './log.ts';
import { watchNpm } from './parent-watch.ts';

interface Running {
  readonly door: Door;
  readonly authorization?: AuthorizationServer | undefined;
  readonly jenner?: Jenner;
  readonly engine?: Engine | undefined;
}

/** Runs the server until a signal ends it. @throws where it can't start; then nothing is left running. */
export async function serve(environment: NodeJS.ProcessEnv, root: URL): Promise<void> {
  const config = loadConfig(environment, root);
  const log = createLog(config.logLevel, (line) => process.stderr.write(line));
  const console = createConsole(process.stdout);
  let running: Running = { door: await takePort(config) };
  const stop = stopOnce(() => running, log);
  stopOnSignals(stop, log);
  try {
    const engine = await findEngine(config, console);
    running = { ...running, engine };
    const baseUrl = config.baseUrl ?? `http://localhost:${running.door.port}${FHIR_PATH}`;
    const settings = {
      conditionalDelete: config.conditionalDelete,
      mostEntries: config.maxEntries,
      cors: config.corsOrigins.length > 0,
    };
    const uri = config.mongodbUri ?? engine?.uri ?? '';
    const jenner = await compose({ root, uri, baseUrl, log, settings });
    running = { ...running, jenner };
    if (!jenner.database.hasTransactions) console.step(STANDALONE);
    const example = config.demo ? await loadDemonstration(jenner, { root, baseUrl, console }) : undefined;
    const authorization = config.authorizationServer
      ? await composeAuthorization(jenner, { config, baseUrl, log })
      : undefined;
    running = { ...running, authorization };
    const accounts = authorization && example ? await accountsOf(jenner, baseUrl) : undefined;
    jenner.startUpkeep();
    running.door.open(composeApp(jenner, config, log, authorization));
    console.welcome({ config, port: running.door.port, example, accounts });
  } catch (error) {
    await stop();
    throw error;
  }
}

const accountsOf = async (jenner: Jenner, baseUrl: string): Promise<DemonstrationAccounts> =>
  demonstrationAccounts(await authorizationRecords(jenner), metadataPolicy(baseUrl));

const STANDALONE =
  'The database is a standalone server without transactions: transaction Bundles and conditional creates will be refused.';

async function takePort({ port, host }: Config): Promise<Door> {
  try {
    return await listen(port, host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new ConfigError(`Port ${port} on ${host} is taken by another process; choose one with PORT=<port>.`);
    if (code === 'EACCES')
      throw new ConfigError(`This user may not listen on port ${port}; choose one above 1023 with PORT=<port>.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new ConfigError(`HOST=${host} is no address of this machine.`);
    throw error;
  }
}

/** The embedded engine, unless the operator named a database. */
async function findEngine({ mongodbUri, dataDirectory }: Config, console: Console): Promise<Engine | undefined> {
  if (mongodbUri !== undefined) {
    console.step('Database: the one that MONGODB_URI names.');
    return undefined;
  }
  const engine = await startEngine({ dataDirectory, report: console });
  console.step(`Database: ${engine.kind} (${engine.why}); data in ${dataDirectory}`);
  return engine;
}

/** Stops everything that runs by then, once, however often it is asked. */
function stopOnce(running: () => Running, log: Log): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    const { door, authorization, jenner, engine } = running();
    await door.close();
    authorization?.close();
    await jenner?.close();
    await engine?.stop();
    log.info('stopped');
  };
  return () => {
    stopping ??= stop();
    return stopping;
  };
}

function stopOnSignals(stop: () => Promise<void>, log: Log): void {
  const end = (code: number) => {
    stop().then(
      () => process.exit(code),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(0));
  process.on('unhandledRejection', (error) => log.error('unhandled rejection', { error }));
  process.on('uncaughtException', (error) => {
    log.error('uncaught exception', { error });
    end(1);
  });
  watchNpm(() => end(0));
}
