/** The answer to a write (FHIR R4, http.html#create, #update, #delete). */
import type { FhirResponse } from '../fhir/interaction.ts';
import { informational } from '../fhir/outcome.ts';
import type { WriteResult } from '../fhir/stored-resource.ts';

/** Told with the answer, so that a sender can see that nothing was written. */
const UNCHANGED = informational('The content is what is stored already; no new version was made.');

const STATUS = { created: 201, updated: 200, unchanged: 200, deleted: 204 } as const;

export function writeResponse(result: WriteResult | undefined): FhirResponse {
  if (!result) return { status: STATUS.deleted };
  const { stored, outcome } = result;
  const status = STATUS[outcome];
  if (outcome === 'deleted') return { status, stored };
  const { resourceType, id, versionId } = stored;
  const answer = { status, stored, location: `${resourceType}/${id}/_history/${versionId}` };
  return outcome === 'unchanged' ? { ...answer, outcome: UNCHANGED } : answer;
}
