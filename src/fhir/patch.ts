/** What a patch says, in either of its two languages (FHIR R4, http.html#patch). */
import type { JsonPatchOperation } from './json-patch.ts';
import type { ResourceContent } from './resource-content.ts';
import type { StoredResource } from './stored-resource.ts';

export type Patch =
  | { readonly language: 'json-patch'; readonly operations: readonly JsonPatchOperation[] }
  | { readonly language: 'fhirpath-patch'; readonly parameters: ResourceContent };

/** What a patch makes of the version that it finds. @throws FhirError 400 or 422 where it can't be applied */
export type Edit = (current: StoredResource) => ResourceContent;
