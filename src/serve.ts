/** The life of the server process: start in order, tell what happens, stop in reverse order. */
import { type AccessControl, NO_ACCESS_CONTROL, startAccessControl } from './access-control.ts';
import type { AuthorizationServer } from './authorization-server/authorization-server.ts';
import { compose, composeApp, type Jenner } from './compose.ts';
import {
  type AuthorizationComposition,
  authorizationRecords,
  composeAuthorization,
  embeddedConfiguration,
  embeddedIssuer,
  metadataPolicy,
} from './compose-authorization.ts';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { type Console, createConsole } from './console.ts';
import { loadDemonstration } from './demonstration.ts';
import { type DemonstrationAccounts, demonstrationAccounts } from './demonstration-accounts.ts';
import { type Engine, startEngine } from './engine/engine.ts';
import { FHIR_PATH } from './http/fhir-path.ts';
import { type Door, listen } from './http/server.ts';
import type { Settings } from './interactions/perform.ts';
import { type IssuersFile, loadIssuersFile } from './issuers-file.ts';
import { createLog, type Log } from './log.ts';
import { watchNpm } from './parent-watch.ts';
import { seedCodeSets } from './seed-code-sets.ts';

interface Running {
  readonly door: Door;
  readonly authorization?: AuthorizationServer | undefined;
  readonly jenner?: Jenner;
  readonly access?: AccessControl;
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
    const outside = config.issuersFile === undefined ? undefined : loadIssuersFile(config.issuersFile, baseUrl);
    const uri = config.mongodbUri ?? engine?.uri ?? '';
    const settings = settingsOf(config, baseUrl, outside);
    const jenner = await compose({ root, uri, baseUrl, log, settings, keepForecasts: config.forecast });
    running = { ...running, jenner };
    if (!jenner.database.hasTransactions) console.step(STANDALONE);
    await seed(jenner, baseUrl, console);
    const example = config.demo ? await loadDemonstration(jenner, { root, baseUrl, console }) : undefined;
    const authorization = await startAuthorization(jenner, { config, baseUrl, log });
    running = { ...running, authorization };
    const access = await startAccess(jenner, { config, baseUrl, outside, authorization });
    running = { ...running, access };
    const accounts = authorization && example ? await accountsOf(jenner, baseUrl) : undefined;
    jenner.startUpkeep();
    running.door.open(composeApp(jenner, { config, access, authorization, log }));
    console.welcome({ config, port: running.door.port, example, accounts });
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The code sets of this edition, on the first start with it. */
async function seed(jenner: Jenner, baseUrl: string, console: Console): Promise<void> {
  const count = await seedCodeSets(jenner, baseUrl);
  if (count > 0) console.step(`${count} code systems, value sets and concept maps of this edition are in the database`);
}

function settingsOf(config: Config, baseUrl: string, outside: IssuersFile | undefined): Settings {
  const { conditionalDelete, maxEntries, validation, corsOrigins, authorizationServer } = config;
  return {
    conditionalDelete,
    validation,
    mostEntries: maxEntries,
    cors: authorizationServer || corsOrigins.length > 0,
    smartConfiguration: authorizationServer ? embeddedConfiguration(config, baseUrl) : outside?.smartConfiguration,
  };
}

const startAuthorization = async (
  jenner: Jenner,
  composition: AuthorizationComposition & { readonly config: Config },
): Promise<AuthorizationServer | undefined> =>
  composition.config.authorizationServer ? composeAuthorization(jenner, composition) : undefined;

interface Access {
  readonly config: Config;
  readonly baseUrl: string;
  readonly outside: IssuersFile | undefined;
  readonly authorization: AuthorizationServer | undefined;
}

/** Takes the tokens of every issuer that there is. */
async function startAccess(
  jenner: Jenner,
  { config, baseUrl, outside, authorization }: Access,
): Promise<AccessControl> {
  if (config.auth === 'off') return NO_ACCESS_CONTROL;
  const own = authorization ? [embeddedIssuer(authorization, baseUrl)] : [];
  const issuers = [...(outside?.issuers ?? []), ...own];
  return startAccessControl(jenner, { issuers, baseUrl, rateLimit: config.rateLimit });
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
    const { door, authorization, jenner, access, engine } = running();
    await door.close();
    authorization?.close();
    access?.stop();
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
