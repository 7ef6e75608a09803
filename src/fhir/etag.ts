/** Version ids as entity tags (FHIR R4, http.html#versioning: `ETag: W/"3"`). */
import { badRequest } from './error.ts';

export const formatEtag = (versionId: string): string => `W/"${versionId}"`;

/**
 * The version ids that an `If-Match` or `If-None-Match` header names; `*` stands for any.
 * A strong tag is read like a weak one, since clients commonly leave the `W/` out.
 * @throws FhirError 400 when the header is not a list of entity tags.
 */
export function parseEtags(header: string, expression = 'http.If-Match'): readonly string[] {
  const tags = header.split(',').map((tag) => tag.trim());
  return tags.map((tag) => {
    if (tag === '*') return tag;
    const versionId = /^(?:W\/)?"([^"]*)"$/.exec(tag)?.[1];
    if (versionId === undefined) throw badRequest('An entity tag must be written W/"<version id>".', expression);
    return versionId;
  });
}
