/** What the walk keeps of the resource that it is in (FHIR R4, references.html#contained, fhirpath.html#variables). */
import { isObject, type JsonObject } from '../fhir/resource-content.ts';

/** A resource that is not contained, with what its contained resources are held to. */
export interface Container {
  readonly resource: JsonObject;
  /** Whether its references may be conditional. */
  readonly allowsConditional: boolean;
  /** Values of references, canonicals, uris and urls that begin with `#`, anywhere in it. */
  readonly localLinks: Set<string>;
  /** Contained resources that refer to it by `#`. */
  readonly referringBack: Set<JsonObject>;
}

/** The resource that the walk is in: the container's own, or one that is contained in it. */
export interface Scope {
  readonly resource: JsonObject;
  readonly container: Container;
}

export function openContainer(resource: JsonObject, allowsConditional: boolean): Scope {
  const container = {
    resource,
    allowsConditional,
    localLinks: new Set<string>(),
    referringBack: new Set<JsonObject>(),
  };
  return { resource, container };
}

export function noteLink(link: string, { resource, container }: Scope): void {
  if (link === '#') container.referringBack.add(resource);
  else container.localLinks.add(link);
}

/** The contained resources that have the structure of a resource, by their place in the list. */
export const containedIn = ({ contained }: JsonObject): readonly JsonObject[] =>
  Array.isArray(contained) ? contained.map((item: unknown) => (isObject(item) ? item : {})) : [];

/** Type of the contained resource of that id; `''` for one without a type, undefined where there is none. */
export function containedType(id: string, { resource }: Container): string | undefined {
  const found = containedIn(resource).find((candidate) => candidate['id'] === id);
  if (!found) return undefined;
  const { resourceType } = found;
  return typeof resourceType === 'string' ? resourceType : '';
}
