/** The only place where adapters meet ports. */
import type { Express } from 'express';
import type { AccessControl } from './access-control.ts';
import type { AccessContext } from './auth/access-context.ts';
import { hasNeeds } from './auth/needs.ts';
import { AUTHORIZATION_PATH } from './authorization-server/addresses.ts';
import type { AuthorizationServer } from './authorization-server/authorization-server.ts';
import type { Config } from './config.ts';
import { type BuiltInCodeSet, loadCodeSets } from './definitions/code-sets.ts';
import { type Definitions, loadDefinitions } from './definitions/load.ts';
import { buildOpenApi } from './definitions/openapi.ts';
import type { SmartConfiguration } from './definitions/server.ts';
import type { ResourceContent } from './fhir/resource-content.ts';
import { countingFindings } from './finding-counts.ts';
import type { ForecastKeeper } from './forecasts/forecast-keeper.ts';
import { freshPorts } from './forecasts/fresh-ports.ts';
import { createApp } from './http/app.ts';
import { createAsyncRequests } from './http/async-requests.ts';
import { type CorsOrigins, isAllowedOrigin } from './http/cors.ts';
import { followTerminology } from './interactions/follow-terminology.ts';
import { handlers } from './interactions/handlers.ts';
import { createPerform, DEFAULT_SETTINGS, type Perform, type Settings } from './interactions/perform.ts';
import type { GuardPorts, Ports, SchedulePort, TerminologyPort } from './interactions/ports.ts';
import { createKeptForecasts } from './kept-forecasts.ts';
import { loadValidation } from './load-validation.ts';
import type { Log } from './log.ts';
import { projectRoot } from './project-root.ts';
import { createSchedules } from './schedules.ts';
import { asyncResults } from './storage/async-results.ts';
import { prepareCollections } from './storage/collections.ts';
import { mongoCompartments } from './storage/compartment.ts';
import { type Database, openDatabase } from './storage/database.ts';
import { translatingErrors } from './storage/database-errors.ts';
import { insertResources } from './storage/insert-resources.ts';
import { mongoLabels } from './storage/labels.ts';
import { mongoBundle } from './storage/mongo-bundle.ts';
import { mongoHistory } from './storage/mongo-history.ts';
import { mongoPersistence } from './storage/mongo-persistence.ts';
import { mongoSearch } from './storage/mongo-search.ts';
import { loadPageKey } from './storage/page-key.ts';
import { EVERYTHING, limitedReach } from './storage/reach.ts';
import { prepareRevocations, type StoredRevocations, storedRevocations } from './storage/revocations.ts';
import { type ExplainedRead, explainSearch, type SearchToExplain } from './storage/search/explain.ts';
import { type StoredTerminology, searchTerminology, storedTerminology } from './storage/terminology-resources.ts';
import { createVersionClock } from './storage/version-clock.ts';
import type { Store } from './storage/versions.ts';
import { startUpkeep, type Upkeep, type UpkeepParts } from './upkeep.ts';
import { createXmlConverter } from './xml/converter.ts';

export interface Composition {
  readonly root: URL;
  /** The database to use, and its name where the URI doesn't say. */
  readonly uri: string;
  readonly databaseName?: string;
  /** This server's FHIR base URL: absolute references below it are references to this server. */
  readonly baseUrl: string;
  readonly log: Log;
  readonly settings?: Settings;
  /** Whether forecasts are stored and kept up to date; not where it is not said. */
  readonly keepForecasts?: boolean;
}

/** The house without a door: everything that performs interactions. */
export interface Jenner {
  readonly perform: Perform;
  readonly definitions: Definitions;
  readonly database: Database;
  readonly terminology: StoredTerminology;
  /** The code sets that come with this edition. */
  readonly codeSets: readonly BuiltInCodeSet[];
  /** Puts new resources of one type into the database, many at a time. */
  insertResources(resourceType: string, contents: readonly ResourceContent[]): Promise<void>;
  /** How the database answers a search. @throws FhirError as the search would */
  explain(asked: SearchToExplain): Promise<readonly ExplainedRead[]>;
  /** For the server's own work: not restricted to what anybody may see. */
  readonly ports: Ports;
  /** Of access tokens and grants, by names that `revocationKey` gives. */
  readonly revocations: StoredRevocations;
  /** What apps are told about the authorization server, where there is one. */
  readonly smartConfiguration: SmartConfiguration | undefined;
  /** Undefined where forecasts aren't stored. */
  readonly keeper: ForecastKeeper | undefined;
  /** Begins the work that goes on beside requests; `close` ends it. */
  startUpkeep(): void;
  close(): Promise<void>;
}

/** Connects, prepares the database and joins the rooms. @throws where the database can't be reached or prepared. */
export async function compose(composition: Composition): Promise<Jenner> {
  const { root, uri, databaseName, baseUrl, log, settings = DEFAULT_SETTINGS } = composition;
  const definitions = await loadDefinitions(root);
  checkNeeds(definitions);
  const codeSets = loadCodeSets(root);
  const database = await openDatabase(uri, databaseName);
  try {
    await prepareCollections(database, definitions);
    await prepareRevocations(database);
    const pageKey = await loadPageKey(database);
    const terminology = storedTerminology(database, codeSets);
    await terminology.refresh();
    const meant = { terminology: terminology.terminology, policy: settings.validation };
    const validate = countingFindings(await loadValidation({ root, definitions, ...meant }), log);
    const clock = createVersionClock(Date.now);
    const meaning = searchTerminology(terminology.terminology);
    const store = { database, definitions, baseUrl, clock, reach: EVERYTHING, terminology: meaning };
    const schedules = createSchedules(root, database);
    const kept = await createKeptForecasts({ store, schedules, log, wanted: composition.keepForecasts === true });
    const current = { current: terminology.current };
    const open = { store, pageKey, schedules, terminology: current, keeper: kept?.keeper };
    const ports = createPorts(open);
    const following = followTerminology(handlers, terminology.markStale);
    const perform = createPerform(following, { definitions, guardPorts: createGuard(open, ports), settings, validate });
    const insert: Jenner['insertResources'] = (type, contents) => insertResources(store, type, contents);
    const { smartConfiguration } = settings;
    const revocations = storedRevocations(database);
    const explain = (asked: SearchToExplain) => explainSearch(store, asked);
    const parts = { perform, definitions, database, ports, terminology, codeSets, insertResources: insert, explain };
    const { keeper } = open;
    return { ...parts, keeper, revocations, smartConfiguration, ...upkeepOf({ store, terminology, log, kept }) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** @throws Error where an operation is served of which nobody says what it needs */
function checkNeeds({ operations }: Definitions): void {
  const undeclared = operations.map(({ code }) => code).filter((code) => !hasNeeds(code));
  if (undeclared.length > 0)
    throw new Error(`src/auth/needs.ts doesn't say what is needed for ${undeclared.join(', ')}.`);
}

/** What ports are made of; the store says how far they reach. */
interface PortParts {
  readonly store: Store;
  readonly pageKey: Buffer;
  readonly schedules: SchedulePort;
  readonly terminology: TerminologyPort;
  /** Undefined where forecasts aren't stored. */
  readonly keeper: ForecastKeeper | undefined;
}

function createPorts({ store, pageKey, schedules, terminology, keeper }: PortParts): Ports {
  const ports = {
    persistence: translatingErrors(mongoPersistence(store)),
    search: translatingErrors(mongoSearch(store, pageKey, terminology.current)),
    history: translatingErrors(mongoHistory(store)),
    bundle: translatingErrors(mongoBundle(store)),
    compartments: translatingErrors(mongoCompartments(store)),
    labels: translatingErrors(mongoLabels(store)),
    schedules,
    terminology,
  };
  return keeper ? freshPorts(ports, keeper) : ports;
}

/** Ports on a store that reaches no further than its caller, made once for as long as the caller's access is known. */
function createGuard(parts: PortParts, open: Ports): GuardPorts {
  const guarded = new WeakMap<AccessContext, Ports>();
  return (access) => {
    if (access.kind === 'open') return open;
    const known = guarded.get(access);
    if (known) return known;
    const ports = createPorts({ ...parts, store: { ...parts.store, reach: limitedReach(access) } });
    guarded.set(access, ports);
    return ports;
  };
}

function upkeepOf(parts: UpkeepParts): Pick<Jenner, 'startUpkeep' | 'close'> {
  const { store } = parts;
  let upkeep: Upkeep | undefined;
  return {
    startUpkeep: () => {
      upkeep ??= startUpkeep(parts);
    },
    close: async () => {
      await upkeep?.stop();
      await store.database.close();
    },
  };
}

/** The door: the house as an HTTP application. */
export function composeApp(
  { perform, definitions, database, ports, smartConfiguration }: Jenner,
  { config, access, authorization, log }: Door,
): Express {
  return createApp({
    perform,
    served: definitions,
    schedules: ports.schedules,
    pages: new URL('public/', projectRoot()),
    authenticate: access.authenticate,
    smartConfiguration,
    baseUrl: config.baseUrl,
    bodyLimit: config.maxBody,
    corsOrigins: withApps(config.corsOrigins, authorization),
    asyncRequests: createAsyncRequests(translatingErrors(asyncResults(database)), log),
    describe: (baseUrl) => buildOpenApi(definitions, { baseUrl }),
    xml: createXmlConverter(definitions.elements),
    authorization: authorization && { path: AUTHORIZATION_PATH, listener: authorization.listener },
    isReady: async () =>
      (await database.db.command({ ping: 1 }, { timeoutMS: 1500 }))['ok'] === 1 && (await access.isReady()),
    log,
  });
}

/** Those of the configuration, and the pages of registered apps. */
function withApps(listed: CorsOrigins, authorization: AuthorizationServer | undefined): CorsOrigins {
  if (listed === '*' || !authorization) return listed;
  return { has: (origin) => isAllowedOrigin(listed, origin) || authorization.isAppOrigin(origin) };
}

/** What the door is made with. */
export interface Door {
  readonly config: Pick<Config, 'baseUrl' | 'maxBody'> & { readonly corsOrigins: CorsOrigins };
  readonly access: AccessControl;
  readonly authorization?: AuthorizationServer | undefined;
  readonly log: Log;
}
