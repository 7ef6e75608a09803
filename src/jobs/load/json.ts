/** JSON text at the door of the loader: checked once, then trusted (RFC 8259; FHIR R4, json.html#resources). */

import { isObject, type JsonObject } from '../../fhir/resource-content.ts';

export type ParsedResource =
  | { readonly ok: true; readonly resource: JsonObject; readonly resourceType: string }
  | { readonly ok: false; readonly why: string };

const RESOURCE_TYPE = /^[A-Z][A-Za-z]{1,63}$/;

/** The member as a string, or `undefined` where it is absent or something else. */
export const stringMember = (object: JsonObject, key: string): string | undefined => {
  const value = object[key];
  return typeof value === 'string' ? value : undefined;
};

/** Text to resource, or why it is none. */
export function parseResource(text: string): ParsedResource {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, why: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  return asResource(value);
}

/** A JSON value as a resource, or why it is none. */
export function asResource(value: unknown): ParsedResource {
  if (!isObject(value)) return { ok: false, why: 'is not a resource: a JSON object with a resourceType is expected' };
  const resourceType = stringMember(value, 'resourceType');
  if (!resourceType || !RESOURCE_TYPE.test(resourceType)) {
    return { ok: false, why: 'is not a resource: it has no resourceType' };
  }
  return { ok: true, resource: value, resourceType };
}
