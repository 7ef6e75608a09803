/** Where on this server FHIR is (FHIR R4, http.html#root). */

/** The path below which FHIR is served. */
export const FHIR_PATH = '/fhir';
