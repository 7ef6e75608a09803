/** Resources as database documents and back: the exact text beside the search fields, in one atomic write. */
import type { Definitions } from '../definitions/load.ts';
import { type Identity, type ResourceContent, stampResource } from '../fhir/resource-content.ts';
import type { StoredResource, WriteMethod } from '../fhir/stored-resource.ts';
import { extractIndexEntries } from '../search/extract.ts';
import type { HistoryDocument, ResourceDocument } from './database.ts';
import { searchFields } from './search/fields.ts';

export interface Version extends Identity {
  readonly method: WriteMethod;
}

/** The document of a new version, its search fields and compartments taken from the content. */
export function toDocument(
  { definitions, baseUrl }: { readonly definitions: Definitions; readonly baseUrl: string },
  content: ResourceContent,
  version: Version,
): ResourceDocument {
  const { resourceType, id } = version;
  const parameters = definitions.searchParameters(resourceType);
  const entries = extractIndexEntries(content.json, parameters, baseUrl);
  return {
    ...versionFields(version),
    sv: definitions.searchSchema,
    c: definitions.compartments(resourceType, id, entries),
    body: stampResource(content, version),
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

/** The document to keep of a version that another one replaces. */
export function toHistoryDocument(document: ResourceDocument): HistoryDocument {
  const { _id: id, v, lu, m, del, c, body } = document;
  return { _id: historyId(id, v), id, v, lu, m, c, ...(del ? { del } : {}), ...(body === undefined ? {} : { body }) };
}

export const historyId = (id: string, version: number | string): string => `${id}/${version}`;

/** A current or a superseded version. */
export type AnyVersionDocument = Pick<ResourceDocument, '_id' | 'v' | 'lu' | 'm' | 'c' | 'body'> & {
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
export const VERSION_PROJECTION = { v: 1, lu: 1, m: 1, c: 1, del: 1, body: 1, id: 1 } as const;
