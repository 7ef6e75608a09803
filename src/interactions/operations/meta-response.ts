/** The answer of $meta and its siblings: Parameters with one Meta (FHIR R4, resource-operation-meta.html). */
import type { FhirResponse } from '../../fhir/interaction.ts';

/** @param meta JSON text of a Meta */
export const metaResponse = (meta: string): FhirResponse => ({
  status: 200,
  body: `{"resourceType":"Parameters","parameter":[{"name":"return","valueMeta":${meta}}]}`,
});
