/** Reads and searches with the driver by hand. */
import type { Filter } from 'mongodb';
import type { Database, ResourceDocument } from '../src/storage/database.ts';
import { type AnyVersionDocument, VERSION_PROJECTION } from '../src/storage/resource-document.ts';
import { TIME_LIMIT_MS } from '../src/storage/search/inquiry.ts';
import { type FloorRow, joinByHand } from './floor-joins.ts';
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
export async function searchByHand(store: FloorStore, path: string): Promise<FloorAnswer> {
  const { database, baseUrl } = store;
  const search = path.slice(path.indexOf('?') + 1);
  const found = (await joinByHand(database, search)) ?? (await queryByHand(database, search));
  const entries = found.map(
    ({ resourceType, document: { _id, body }, mode }) =>
      `{"fullUrl":"${baseUrl}/${resourceType}/${_id}","resource":${body},"search":{"mode":"${mode}"}}`,
  );
  const link = `"link":[{"relation":"self","url":"${baseUrl}/${path}"}]`;
  return { status: 200, text: `{"resourceType":"Bundle","type":"searchset",${link},"entry":[${entries.join(',')}]}` };
}

async function queryByHand(database: Database, search: string): Promise<readonly FloorRow[]> {
  const { resourceType, filter, sort, projection, hint, count } = floorQuery(search);
  const documents = await database
    .current(resourceType)
    .find(filter as Filter<ResourceDocument>, { projection, maxTimeMS: TIME_LIMIT_MS, ...(hint ? { hint } : {}) })
    .sort(sort)
    .limit(count + 1)
    .batchSize(count + 1)
    .toArray();
  return documents.slice(0, count).map((document) => ({ resourceType, document, mode: 'match' }));
}

/** What a history of one version takes: the current version, and superseded ones that aren't there. @param path `Type/id/_history` */
export async function historyByHand({ database, baseUrl }: FloorStore, path: string): Promise<FloorAnswer> {
  const [resourceType = '', id = ''] = path.split('/');
  const [current, older] = await Promise.all([
    database.current(resourceType).findOne({ _id: id }, { projection: VERSION_PROJECTION }),
    database.history(resourceType).find({ id }, { projection: VERSION_PROJECTION }).toArray(),
  ]);
  const fullUrl = `${baseUrl}/${resourceType}/${id}`;
  const entries = [current, ...older].flatMap((version) => (version ? historyEntry(version, fullUrl) : []));
  const link = `"link":[{"relation":"self","url":"${baseUrl}/${path}"}]`;
  const text = `{"resourceType":"Bundle","type":"history",${link},"entry":[${entries.join(',')}]}`;
  return { status: current ? 200 : 404, text };
}

function historyEntry({ v, lu, m, body }: AnyVersionDocument, fullUrl: string): string {
  const request = `{"method":"${m}","url":"${fullUrl.split('/').at(-2)}"}`;
  const status = v === 1 ? '201 Created' : '200 OK';
  const response = `{"status":"${status}","etag":"W/\\"${v}\\"","lastModified":"${lu.toISOString()}"}`;
  return `{"fullUrl":"${fullUrl}","resource":${body},"request":${request},"response":${response}}`;
}
