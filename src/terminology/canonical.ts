/** Canonical URLs with a version (FHIR R4, references.html#canonical). */

export interface Canonical {
  readonly url: string;
  readonly version: string | undefined;
}

/** `http://hl7.org/fhir/ValueSet/x|4.0.1` → its two parts; a fragment is no part of what is looked up. */
export function parseCanonical(canonical: string): Canonical {
  const bar = canonical.indexOf('|');
  if (bar < 0) return { url: canonical, version: undefined };
  const version = canonical.slice(bar + 1);
  return { url: canonical.slice(0, bar), version: version === '' ? undefined : version };
}
