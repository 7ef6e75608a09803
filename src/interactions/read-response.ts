/** The answer to a read: the version, a part of it, or that the client has it (FHIR R4, http.html#cread, #read). */
import type { Definitions } from '../definitions/load.ts';
import type { FhirResponse, Interaction, Known } from '../fhir/interaction.ts';
import type { StoredResource } from '../fhir/stored-resource.ts';
import { subsetResource } from '../fhir/subset.ts';

type Reading = Pick<Extract<Interaction, { code: 'read' }>, 'view' | 'known'>;

export function readResponse(stored: StoredResource, { view, known }: Reading, definitions: Definitions): FhirResponse {
  if (known && isCurrent(stored, known)) return { status: 304, stored };
  if (!view) return { status: 200, stored };
  const body = subsetResource(stored.body, view, definitions.elementMarks(stored.resourceType));
  return { status: 200, stored, body };
}

function isCurrent({ versionId, lastUpdated }: StoredResource, { ifNoneMatch, ifModifiedSince }: Known): boolean {
  if (ifNoneMatch) return ifNoneMatch.includes(versionId) || ifNoneMatch.includes('*');
  // Last-Modified has whole seconds, so that is what comes back.
  const second = Math.floor(lastUpdated.getTime() / 1000) * 1000;
  return ifModifiedSince !== undefined && second <= ifModifiedSince.getTime();
}
