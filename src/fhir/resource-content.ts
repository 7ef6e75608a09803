/**
 * A resource as text and as content: read once at the door, stamped with its identity, stored and sent as those bytes
 * (FHIR R4, resource.html#id and resource.html#Meta; json.html).
 */
import { badStructure, badValue } from './error.ts';
import { findJsonFault } from './json-fault.ts';
import { findObjectProblem } from './json-keys.ts';
import { compactJson, type Member, objectMembers } from './json-text.ts';

export type JsonObject = { readonly [key: string]: unknown };

/** A resource that came in: its text without insignificant white space, and the same parsed. */
export interface ResourceContent {
  readonly resourceType: string;
  readonly id: string | undefined;
  readonly text: string;
  readonly json: JsonObject;
}

/** What the server decides about a resource: which one it is, which version of it, and since when. */
export interface Identity {
  readonly resourceType: string;
  readonly id: string;
  readonly versionId: string;
  readonly lastUpdated: Date;
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/** Whether the value is a legal logical id (datatypes.html#id). */
export const isLogicalId = (value: string): boolean => ID.test(value);

/** The parsed text. @throws FhirError 400 naming the position, never the content. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badStructure(`The body is not well-formed JSON (at character ${findJsonFault(text)}).`);
  }
}

/** Reads one resource. @throws FhirError 400 when the text is not JSON, ambiguous JSON, or not a resource. */
export function parseResource(text: string): ResourceContent {
  const json = parseJson(text);
  const compact = compactJson(text);
  const problem = findObjectProblem(compact);
  if (problem) throw badStructure(problem);
  return toContent(compact, json);
}

/** A resource whose text was cut from a larger document, and its already parsed content. */
export function toContent(text: string, json: unknown): ResourceContent {
  if (!isObject(json)) throw badStructure('A resource must be a JSON object.');
  const { resourceType, id } = json;
  if (typeof resourceType !== 'string') throw badStructure('The resource has no resourceType.', 'resourceType');
  if (id !== undefined && (typeof id !== 'string' || !isLogicalId(id))) {
    throw badValue('The id must be 1 to 64 of the characters A-Z a-z 0-9 - and . (a period).', `${resourceType}.id`);
  }
  if (json['meta'] !== undefined && !isObject(json['meta'])) {
    throw badStructure('meta must be a JSON object.', `${resourceType}.meta`);
  }
  return { resourceType, id, text, json };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The text to store and send: the content under the server's identity. A submitted id, versionId and lastUpdated are
 * replaced, the rest of `meta` is kept (http.html#create, http.html#update).
 */
export function stampResource(content: ResourceContent, identity: Identity): string {
  const members = objectMembers(content.text);
  const meta = members.find((member) => member.key === 'meta');
  const kept = members.filter(({ key }) => key !== 'resourceType' && key !== 'id' && key !== 'meta');
  return `${stampHead(identity)}${metaRest(content, meta)}}${sliceMembers(content.text, kept)}}`;
}

/** What follows the server's own stamp: equal for two versions exactly when their content is the same text. */
export function afterStamp(body: string, identity: Identity): string {
  return body.slice(stampHead(identity).length);
}

function stampHead({ resourceType, id, versionId, lastUpdated }: Identity): string {
  const meta = `{"versionId":"${versionId}","lastUpdated":"${lastUpdated.toISOString()}"`;
  return `{"resourceType":"${resourceType}","id":"${id}","meta":${meta}`;
}

function metaRest(content: ResourceContent, meta: Member | undefined): string {
  if (!meta) return '';
  const members = objectMembers(content.text, meta.start);
  return sliceMembers(
    content.text,
    members.filter(({ key }) => !/^_?(versionId|lastUpdated)$/.test(key)),
  );
}

function sliceMembers(text: string, members: readonly Member[]): string {
  let out = '';
  for (const { key, start, end } of members) out += `,${JSON.stringify(key)}:${text.slice(start, end)}`;
  return out;
}
