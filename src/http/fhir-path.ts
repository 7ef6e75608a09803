/** Where on this server FHIR is (FHIR R4, http.html#root). */

/** The path below which FHIR is served. */
export const FHIR_PATH = '/fhir';

/** What of a request's URL is below the FHIR path, its query included; undefined where it is somewhere else. */
export function fhirUrl(url: string): string | undefined {
  // A request to a proxy names the host too (RFC 9112, 3.2.2), and servers have to take that.
  const path = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '');
  if (!path.startsWith(FHIR_PATH)) return undefined;
  const below = path.slice(FHIR_PATH.length);
  return below === '' || below.startsWith('/') || below.startsWith('?') ? below : undefined;
}
