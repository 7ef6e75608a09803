/** What a request makes its interaction depend on: versions, instants, searches (FHIR R4, http.html#concurrency, #cread). */
import { badRequest, badValue, notSupported } from '../fhir/error.ts';
import { parseEtags } from '../fhir/etag.ts';
import type { Known, SearchParams } from '../fhir/interaction.ts';

/** The conditional headers of HTTP, or what a Bundle entry says in their place. */
export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  /** An HTTP date, or in a Bundle an instant. */
  readonly ifModifiedSince?: string | undefined;
  readonly ifNoneExist?: string | undefined;
}

/** `If-Match` of a write; any other precondition is refused, since passing over it could overwrite what it protects. */
export function parseMatch({ ifMatch, ifNoneMatch }: Conditions): { readonly ifMatch?: string } {
  if (ifNoneMatch !== undefined) throw notSupported('If-None-Match on a write is not supported.', 'http.If-None-Match');
  if (ifMatch === undefined) return {};
  const [versionId, ...others] = parseEtags(ifMatch);
  if (versionId !== undefined && others.length === 0) return { ifMatch: versionId };
  throw badRequest('If-Match must name exactly one version.', 'http.If-Match');
}

/** What the client has already. A date that is none counts for nothing (RFC 9110, 13.1.3). */
export function parseKnown({ ifNoneMatch, ifModifiedSince }: Conditions): { readonly known?: Known } {
  if (ifNoneMatch !== undefined) return { known: { ifNoneMatch: parseEtags(ifNoneMatch, 'http.If-None-Match') } };
  const time = ifModifiedSince === undefined ? Number.NaN : Date.parse(ifModifiedSince);
  return Number.isNaN(time) ? {} : { known: { ifModifiedSince: new Date(time) } };
}

/** The search that names the resource of a conditional write. @throws FhirError 400 where there is none */
export function parseCriteria(params: SearchParams): SearchParams {
  if (Object.keys(params).length > 0) return params;
  throw badValue('This needs either an id in its path or a search in its query.');
}
