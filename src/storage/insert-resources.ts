/** Resources put into the database many at a time, under their own ids, where there are none (docs/storage.md). */
import { MongoBulkWriteError } from 'mongodb';
import type { ResourceContent } from '../fhir/resource-content.ts';
import { nextVersion, type Store } from './versions.ts';

const DUPLICATE_KEY = 11000;

/** First versions of one type. What somebody else put there in the meantime stays. */
export async function insertResources(
  store: Store,
  resourceType: string,
  contents: readonly ResourceContent[],
): Promise<void> {
  const documents = contents.map((content) =>
    nextVersion(store, { resourceType, id: content.id ?? '' }, { current: null, content }),
  );
  await store.database.current(resourceType).insertMany(documents, { ordered: false }).catch(allDuplicates);
}

function allDuplicates(error: unknown): void {
  const faults = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
  if (faults.length === 0 || !faults.every(({ code }) => code === DUPLICATE_KEY)) throw error;
}
