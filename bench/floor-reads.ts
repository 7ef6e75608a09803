/** Reads and searches with the driver by hand. */
import type { Filter } from 'mongodb';
import type { Database, ResourceDocument } from '../src/storage/database.ts';
import { VERSION_PROJECTION } from '../src/storage/resource-document.ts';
import { TIME_LIMIT_MS } from '../src/storage/search/inquiry.ts';
import { floorQuery } from './floor-queries.ts';

export interface FloorStore {
  readonly database: Database;
  /** As the clients call it. */
  readonly baseUrl: string;
}

export interface FloorAnswer {
  readonly status: number;
  readonly text: string;
}

/** @param path `Type/id` */
export async function readById({ database }: FloorStore, path: string): Promise<FloorAnswer> {
  const [resourceType = '', _id = ''] = path.split('/');
  const document = await database.current(resourceType).findOne({ _id }, { projection: VERSION_PROJECTION });
  return { status: document ? 200 : 404, text: document?.body ?? '{}' };
}

/** @param path `Type?query` */
export async function searchByHand({ database, baseUrl }: FloorStore, path: string): Promise<FloorAnswer> {
  const { resourceType, filter, sort, projection, hint, count } = floorQuery(path.slice(path.indexOf('?') + 1));
  const documents = await database
    .current(resourceType)
    .find(filter as Filter<ResourceDocument>, { projection, maxTimeMS: TIME_LIMIT_MS, ...(hint ? { hint } : {}) })
    .sort(sort)
    .limit(count + 1)
    .batchSize(count + 1)
    .toArray();
  const entries = documents
    .slice(0, count)
    .map(
      ({ _id, body }) => `{"fullUrl":"${baseUrl}/${resourceType}/${_id}","resource":${body},"search":{"mode":"match"}}`,
    );
  const link = `"link":[{"relation":"self","url":"${baseUrl}/${path}"}]`;
  return { status: 200, text: `{"resourceType":"Bundle","type":"searchset",${link},"entry":[${entries.join(',')}]}` };
}
