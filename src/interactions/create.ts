/** create, also conditional (FHIR R4, http.html#create, http.html#ccreate). */
import { checkResource } from './check-resource.ts';
import type { InteractionHandler } from './perform.ts';
import { writeResponse } from './write-response.ts';

export const create: InteractionHandler<'create'> = async (
  { resourceType, resource, ifNoneExist },
  { ports, validate },
) => {
  checkResource(resource, { validate });
  const request = { resourceType, resource };
  const { resource: result } = ifNoneExist
    ? await ports.persistence.conditionalCreateResource(request, ifNoneExist)
    : await ports.persistence.createResource(request);
  return writeResponse(result);
};
