/** Resources as database documents and back: the exact text beside the search fields, in one atomic write. */
import type { Definitions } from '../definitions/load.ts';
import { tooLarge } from '../fhir/error.ts';
import { type Identity, type JsonObject, type ResourceContent, stampResource } from '../fhir/resource-content.ts';
import type { StoredResource, WriteMethod } from '../fhir/stored-resource.ts';
import { extractIndexEntries } from '../search/extract.ts';
import type { HistoryDocument, ResourceDocument } from './database.ts';
import { searchFields } from './search/fields.ts';

export interface Version extends Identity {
  readonly method: WriteMethod;
  /** When the resource came into being; undefined where that is not known. */
  readonly created?: Date | undefined;
}

interface Indexing {
  readonly definitions: Definitions;
  readonly baseUrl: string;
}

/** Bytes of a resource's text: of the 16 MiB that a document of the database may have, the rest is for search fields. */
const MOST_BYTES = 15 * 1024 * 1024;
const MOST_BYTES_OF_A_CHARACTER = 3;

/** @throws FhirError 413 where no document could hold the text. */
function storable(body: string): string {
  const mayBeTooLong = body.length * MOST_BYTES_OF_A_CHARACTER > MOST_BYTES;
  if (mayBeTooLong && Buffer.byteLength(body) > MOST_BYTES) {
    throw tooLarge(`A resource may have ${MOST_BYTES} bytes at most.`);
  }
  return body;
}

/** The document of a new version, its search fields and compartments taken from the content. */
export function toDocument(indexing: Indexing, content: ResourceContent, version: Version): ResourceDocument {
  const { _id, v, lu, m } = versionFields(version);
  const body = storable(stampResource(content, version));
  // One spread, and at the end: after another one V8 adds property by property, which takes forty times as long.
  return { _id, v, lu, m, cr: version.created, body, ...indexFields(indexing, version, content.json) };
}

/** The same version with its search fields and compartments made anew; a tombstone has none. */
export function reindexed(indexing: Indexing, resourceType: string, document: ResourceDocument): ResourceDocument {
  const { _id, v, lu, m, cr, del, re, c, body } = document;
  const version = { _id, v, lu, m, cr, ...(del ? { del } : {}), ...(re ? { re } : {}) };
  if (body === undefined) return { ...version, sv: indexing.definitions.searchSchema, c };
  return { ...version, ...indexFields(indexing, { resourceType, id: _id }, JSON.parse(body) as JsonObject), body };
}

/** What the definitions say about the content: the number of the definitions, compartments and search fields. */
function indexFields(
  { definitions, baseUrl }: Indexing,
  { resourceType, id }: Pick<Identity, 'resourceType' | 'id'>,
  json: JsonObject,
): Pick<ResourceDocument, 'sv' | 'c'> & Readonly<Record<`s_${string}`, unknown>> {
  const parameters = definitions.searchParameters(resourceType);
  const entries = extractIndexEntries(json, parameters, baseUrl);
  return {
    sv: definitions.searchSchema,
    c: definitions.compartments(resourceType, id, entries),
    ...searchFields(entries, parameters),
  };
}

/** The document that a delete leaves: a version without content, in the compartments of what was deleted. */
export function toTombstone(
  definitions: Definitions,
  version: Version,
  compartments: readonly string[],
): ResourceDocument {
  return { ...versionFields(version), del: true, sv: definitions.searchSchema, c: compartments };
}

const versionFields = ({ id, versionId, lastUpdated, method }: Version) => ({
  _id: id,
  v: Number(versionId),
  lu: lastUpdated,
  m: method,
});

/** The document to keep of a version that another one replaces. @param to when it was replaced */
export function toHistoryDocument(document: ResourceDocument, to: Date): HistoryDocument {
  const { _id: id, v, lu, m, del, re, c, body } = document;
  const marks = { ...(del ? { del } : {}), ...(re ? { re } : {}) };
  return { _id: historyId(id, v), id, v, lu, to, m, c, ...marks, ...(body === undefined ? {} : { body }) };
}

export const historyId = (id: string, version: number | string): string => `${id}/${version}`;

/** A current or a superseded version. */
export type AnyVersionDocument = Pick<ResourceDocument, '_id' | 'v' | 'lu' | 'm' | 're' | 'c' | 'body'> & {
  readonly id?: string;
};

/** What the rest of the house gets to see of a document. */
export function toStored(resourceType: string, document: AnyVersionDocument): StoredResource {
  return {
    resourceType,
    id: document.id ?? document._id,
    versionId: String(document.v),
    lastUpdated: document.lu,
    method: document.m,
    compartments: document.c,
    body: document.body ?? '',
  };
}

/** The fields that `toStored` needs. */
export const VERSION_PROJECTION = { v: 1, lu: 1, m: 1, cr: 1, c: 1, del: 1, re: 1, body: 1, id: 1 } as const;
