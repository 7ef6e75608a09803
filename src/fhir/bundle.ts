/** Bundles that come in and go out (FHIR R4, bundle.html), read and written as text so that entries stay exact. */
import { badRequest, badStructure, FhirError } from './error.ts';
import { arrayElements, objectMembers } from './json-text.ts';
import { isObject, type JsonObject, type ResourceContent, toContent } from './resource-content.ts';

export interface BundleEntry {
  readonly fullUrl: string | undefined;
  readonly resource: ResourceContent | undefined;
  readonly request: EntryRequest | undefined;
  /** Of an entry of a batch that is not what an entry must be: its own answer, as the others have theirs. */
  readonly fault?: FhirError;
}

/** `Bundle.entry.request`: the HTTP request that the entry stands for. */
export interface EntryRequest {
  readonly method: string;
  readonly url: string;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  readonly ifNoneExist: string | undefined;
}

export interface BundleContent {
  readonly type: string;
  readonly entries: readonly BundleEntry[];
}

/**
 * Reads a Bundle whose text is compact. Entries of a batch that are none carry their fault.
 * @throws FhirError 400 where an entry of another Bundle is not what an entry must be.
 */
export function parseBundle(content: ResourceContent): BundleContent {
  const { json, text } = content;
  if (content.resourceType !== 'Bundle') throw badRequest('A Bundle is expected here.', 'resourceType');
  if (typeof json['type'] !== 'string') throw badStructure('Bundle.type is required.', 'Bundle.type');
  return { type: json['type'], entries: parseEntries(text, json['entry'], json['type'] === 'batch') };
}

function parseEntries(text: string, entries: unknown, eachOnItsOwn: boolean): BundleEntry[] {
  if (entries === undefined) return [];
  if (!Array.isArray(entries)) throw badStructure('Bundle.entry must be an array.', 'Bundle.entry');
  const range = objectMembers(text).find(({ key }) => key === 'entry');
  const ranges = range ? arrayElements(text, range.start) : [];
  const parse = eachOnItsOwn ? parseOnItsOwn : parseEntry;
  return entries.map((entry: unknown, index) => parse(entry, text, ranges[index]?.start ?? 0, index));
}

function parseOnItsOwn(entry: unknown, text: string, start: number, index: number): BundleEntry {
  try {
    return parseEntry(entry, text, start, index);
  } catch (error) {
    if (error instanceof FhirError)
      return { fullUrl: undefined, resource: undefined, request: undefined, fault: error };
    throw error;
  }
}

function parseEntry(entry: unknown, text: string, start: number, index: number): BundleEntry {
  const path = `Bundle.entry[${index}]`;
  if (!isObject(entry)) throw badStructure('An entry must be a JSON object.', path);
  const resource = objectMembers(text, start).findLast(({ key }) => key === 'resource');
  return {
    fullUrl: optionalString(entry, 'fullUrl', path),
    resource: resource && toContent(text.slice(resource.start, resource.end), entry['resource']),
    request: entry['request'] === undefined ? undefined : parseRequest(entry['request'], `${path}.request`),
  };
}

function parseRequest(request: unknown, path: string): EntryRequest {
  if (!isObject(request)) throw badStructure('An entry request must be a JSON object.', path);
  const method = optionalString(request, 'method', path);
  const url = optionalString(request, 'url', path);
  if (!method || !url) throw badStructure('An entry request needs a method and a url.', path);
  return {
    method,
    url,
    ifMatch: optionalString(request, 'ifMatch', path),
    ifNoneMatch: optionalString(request, 'ifNoneMatch', path),
    ifModifiedSince: optionalString(request, 'ifModifiedSince', path),
    ifNoneExist: optionalString(request, 'ifNoneExist', path),
  };
}

function optionalString(object: JsonObject, key: string, path: string): string | undefined {
  const value = object[key];
  if (value === undefined || typeof value === 'string') return value;
  throw badStructure(`${key} must be a string.`, `${path}.${key}`);
}

/** A link of `Bundle.link`. */
export interface BundleLink {
  readonly relation: 'self' | 'next' | 'previous' | 'first' | 'last';
  readonly url: string;
}

/** Writes a Bundle of entries that are JSON text already. */
export function formatBundle(bundle: {
  readonly type: string;
  readonly total?: number;
  readonly links?: readonly BundleLink[];
  readonly entries: readonly string[];
}): string {
  const total = bundle.total === undefined ? '' : `,"total":${bundle.total}`;
  const links = bundle.links?.length ? `,"link":${JSON.stringify(bundle.links)}` : '';
  // An empty array is not valid FHIR (json.html): a Bundle without entries has no entry property.
  const entries = bundle.entries.length ? `,"entry":[${bundle.entries.join(',')}]` : '';
  return `{"resourceType":"Bundle","type":"${bundle.type}"${total}${links}${entries}}`;
}
