/** The composed application on a database of its own, as a test file uses it. */
import { randomBytes } from 'node:crypto';
import type { Express } from 'express';
import supertest from 'supertest';
import { inject } from 'vitest';
import { compose, composeApp, type Jenner } from '../../src/compose.ts';
import { createLog } from '../../src/log.ts';
import { projectRoot } from '../../src/project-root.ts';

export interface TestServer {
  readonly jenner: Jenner;
  readonly app: Express;
  /** Requests below the FHIR base. */
  readonly fhir: ReturnType<typeof supertest>;
  /** Log lines of errors so far: a test that expects none can say so. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

export const FHIR_JSON = 'application/fhir+json';

/** Composes everything as `npm start` does, but for the engine, which the whole test run shares. */
export async function startTestServer(options: { readonly maxBody?: number } = {}): Promise<TestServer> {
  const errors: string[] = [];
  const log = createLog('error', (line) => errors.push(line));
  const databaseName = `test_${randomBytes(6).toString('hex')}`;
  const jenner = await compose({
    root: projectRoot(),
    uri: inject('mongodbUri'),
    databaseName,
    baseUrl: 'http://localhost/fhir',
    log,
  });
  const app = composeApp(jenner, { auth: 'off', baseUrl: undefined, maxBody: options.maxBody ?? 10_000_000 }, log);
  return {
    jenner,
    app,
    fhir: supertest(app),
    errors,
    close: async () => {
      await jenner.database.db.dropDatabase();
      await jenner.close();
    },
  };
}
