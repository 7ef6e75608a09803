/** A store on a database of its own, below the ports, as the tests of storage use it. */
import { inject } from 'vitest';
import { type Definitions, loadDefinitions } from '../../../src/definitions/load.ts';
import { parseResource, type ResourceContent } from '../../../src/fhir/resource-content.ts';
import { projectRoot } from '../../../src/project-root.ts';
import { prepareCollections } from '../../../src/storage/collections.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import { EVERYTHING } from '../../../src/storage/reach.ts';
import { createVersionClock } from '../../../src/storage/version-clock.ts';
import type { Store } from '../../../src/storage/versions.ts';
import { newDatabaseName } from '../../support/jenner.ts';

export interface TestStore {
  readonly store: Store;
  close(): Promise<void>;
}

export const BASE_URL = 'http://localhost/fhir';

export async function openStore(): Promise<TestStore> {
  const definitions = await loadDefinitions(projectRoot());
  const database = await openDatabase(inject('mongodbUri'), newDatabaseName());
  await prepareCollections(database, definitions);
  return {
    store: { database, definitions, baseUrl: BASE_URL, clock: createVersionClock(Date.now), reach: EVERYTHING },
    close: async () => {
      await database.db.dropDatabase();
      await database.close();
    },
  };
}

/** The same store under definitions without some of the search parameters, and with a number of their own. */
export function withoutParameters(store: Store, codes: readonly string[], searchSchema: number): Store {
  const { definitions } = store;
  const fewer: Definitions = {
    ...definitions,
    searchSchema,
    searchParameters: (resourceType) =>
      definitions.searchParameters(resourceType).filter(({ code }) => !codes.includes(code)),
  };
  return { ...store, definitions: fewer };
}

export const contentOf = (resource: object): ResourceContent => parseResource(JSON.stringify(resource));
