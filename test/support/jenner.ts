/** The composed application on a database of its own, listening on a free port, as a test file uses it. */
import { randomBytes } from 'node:crypto';
import type { Express } from 'express';
import supertest, { type Test } from 'supertest';
import { inject } from 'vitest';
import { NO_ACCESS_CONTROL, startAccessControl } from '../../src/access-control.ts';
import { compose, composeApp, type Jenner } from '../../src/compose.ts';
import type { CorsOrigins } from '../../src/http/cors.ts';
import { listen } from '../../src/http/server.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/interactions/perform.ts';
import { createLog } from '../../src/log.ts';
import { projectRoot } from '../../src/project-root.ts';
import type { Issuer } from '../../src/tokens/issuer.ts';

export interface TestServer {
  readonly jenner: Jenner;
  readonly app: Express;
  /** Any request, by its path from the root: `/fhir/Patient`. */
  readonly fhir: ReturnType<typeof supertest>;
  /** The FHIR base URL, without a slash at its end. */
  readonly base: string;
  /** Log lines of errors so far: a test that expects none can say so. */
  readonly errors: readonly string[];
  /** Requests by their path below the base, or by a whole URL of this server. */
  get(path: string): Test;
  delete(path: string): Test;
  /** Sends a resource as FHIR JSON; text goes as it is. */
  post(path: string, body: object | string): Test;
  put(path: string, body: object | string): Test;
  /** A JSON Patch where the body is an array, else a FHIRPath Patch. */
  patch(path: string, body: object): Test;
  close(): Promise<void>;
}

export interface TestServerOptions {
  readonly maxBody?: number;
  readonly corsOrigins?: CorsOrigins;
  readonly settings?: Partial<Settings>;
  /** Whose tokens count; without them access control is off. */
  readonly issuers?: readonly Issuer[];
  /** Requests a second of one client. */
  readonly rateLimit?: number;
  /** Another database than one made for this server; it is not dropped at the end. */
  readonly databaseName?: string;
  /** Whether forecasts are stored and kept up to date. */
  readonly keepForecasts?: boolean;
  /** Another way to the database than the run's engine. */
  readonly uri?: string;
}

export const FHIR_JSON = 'application/fhir+json';
const FHIR_PATH = '/fhir';
/** The public FHIR base URL of a server with access control: what tokens are for. */
export const BASE_URL = 'http://localhost/fhir';
const UNLIMITED = 1_000_000;

export const newDatabaseName = (): string => `test_${randomBytes(6).toString('hex')}`;

/** Composes everything as `npm start` does, but for the engine, which the whole test run shares. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const errors: string[] = [];
  const log = createLog('error', (line) => errors.push(line));
  const jenner = await compose({
    root: projectRoot(),
    uri: options.uri ?? inject('mongodbUri'),
    databaseName: options.databaseName ?? newDatabaseName(),
    baseUrl: BASE_URL,
    log,
    settings: { ...DEFAULT_SETTINGS, ...options.settings },
    keepForecasts: options.keepForecasts ?? false,
  });
  const access = options.issuers
    ? await startAccessControl(jenner, {
        issuers: options.issuers,
        baseUrl: BASE_URL,
        rateLimit: options.rateLimit ?? UNLIMITED,
      })
    : NO_ACCESS_CONTROL;
  const app = composeApp(jenner, {
    config: {
      baseUrl: options.issuers ? BASE_URL : undefined,
      maxBody: options.maxBody ?? 10_000_000,
      corsOrigins: options.corsOrigins ?? [],
    },
    access,
    log,
  });
  const door = await listen(0, '127.0.0.1');
  door.open(app);
  const root = `http://127.0.0.1:${door.port}`;
  const base = `${root}${FHIR_PATH}`;
  return {
    jenner,
    app,
    fhir: supertest(root),
    base,
    errors,
    ...requests(root, base),
    close: async () => {
      await door.close();
      access.stop();
      if (options.databaseName === undefined) await jenner.database.db.dropDatabase();
      await jenner.close();
    },
  };
}

function requests(root: string, base: string): Pick<TestServer, 'get' | 'delete' | 'post' | 'put' | 'patch'> {
  const fhir = supertest(root);
  const pathOf = (path: string) => `${FHIR_PATH}/${path.startsWith(base) ? path.slice(base.length + 1) : path}`;
  const send = (request: Test, body: object | string) =>
    request.set('Content-Type', FHIR_JSON).send(typeof body === 'string' ? body : JSON.stringify(body));
  return {
    get: (path) => fhir.get(pathOf(path)),
    delete: (path) => fhir.delete(pathOf(path)),
    post: (path, body) => send(fhir.post(pathOf(path)), body),
    put: (path, body) => send(fhir.put(pathOf(path)), body),
    patch: (path, body) => {
      const type = Array.isArray(body) ? 'application/json-patch+json' : FHIR_JSON;
      return fhir.patch(pathOf(path)).set('Content-Type', type).send(JSON.stringify(body));
    },
  };
}

/** Several servers on one database, which know nothing of each other. */
export async function startTestServers(
  count: number,
  options: Pick<TestServerOptions, 'keepForecasts'> = {},
): Promise<readonly [TestServer, ...TestServer[]]> {
  const first = await startTestServer(options);
  const databaseName = first.jenner.database.db.databaseName;
  const others = await Promise.all(
    Array.from({ length: count - 1 }, () => startTestServer({ ...options, databaseName })),
  );
  const close = async () => {
    await Promise.all(others.map((other) => other.close()));
    await first.close();
  };
  return [{ ...first, close }, ...others];
}
