/** Who may write but not read gets no content back (SMART App Launch 2.2, scopes-and-launch-context.html). */
import type { AccessContext } from '../auth/access-context.ts';
import { admits } from '../auth/decision.ts';
import type { Definitions } from '../definitions/load.ts';
import type { FhirResponse, InteractionCode } from '../fhir/interaction.ts';
import { type JsonObject, parseJson } from '../fhir/resource-content.ts';
import type { StoredResource } from '../fhir/stored-resource.ts';
import { extractIndexEntries } from '../search/extract.ts';
import { matchesQuery } from '../search/match.ts';
import { isWrite, withContent } from './return-preference.ts';

interface Reader {
  readonly access: AccessContext;
  readonly baseUrl: string;
  readonly definitions: Definitions;
}

/** The answer to a write as if `Prefer: return=minimal` had been asked for, where its content may not be read. */
export function withoutUnreadable(response: FhirResponse, code: InteractionCode, reader: Reader): FhirResponse {
  const { stored } = response;
  if (!stored || !isWrite(code) || isReadable(stored, reader)) return response;
  return withContent(response, code, 'minimal');
}

function isReadable(stored: StoredResource, { access, baseUrl, definitions }: Reader): boolean {
  if (access.kind === 'open') return true;
  const { resourceType, id, compartments, body } = stored;
  const entries = () =>
    extractIndexEntries(parseJson(body) as JsonObject, definitions.searchParameters(resourceType), baseUrl);
  return admits(access.decide('r', resourceType), {
    resourceType,
    id,
    compartments,
    matches: (criteria) => matchesQuery(entries(), { criteria }, new Date()),
  });
}
