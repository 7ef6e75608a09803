/** Patches as they are sent, over HTTP and in Bundles (FHIR R4, http.html#patch). */
import { badStructure, badValue } from '../fhir/error.ts';
import { parseJsonPatch } from '../fhir/json-patch.ts';
import type { Patch } from '../fhir/patch.ts';
import type { ResourceContent } from '../fhir/resource-content.ts';

export const JSON_PATCH = 'application/json-patch+json';

/** A patch in a Bundle: a FHIRPath Patch as it is, a JSON Patch as the data of a Binary. @throws FhirError 400 */
export function parseEntryPatch(resource: ResourceContent): Patch {
  if (resource.resourceType === 'Parameters') return { language: 'fhirpath-patch', parameters: resource };
  const { contentType, data } = resource.json;
  if (resource.resourceType !== 'Binary' || contentType !== JSON_PATCH) {
    throw badValue(`A PATCH entry needs Parameters (FHIRPath Patch) or a Binary of ${JSON_PATCH}.`, 'resourceType');
  }
  if (typeof data !== 'string') throw badStructure('The Binary of a JSON Patch needs data.', 'Binary.data');
  return { language: 'json-patch', operations: parseJsonPatch(Buffer.from(data, 'base64').toString('utf8')) };
}
