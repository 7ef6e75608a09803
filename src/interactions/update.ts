/** update, also as create under an id of the client's (FHIR R4, http.html#update, http.html#upsert). */
import { checkResource } from './check-resource.ts';
import type { InteractionHandler } from './perform.ts';
import { writeResponse } from './write-response.ts';

export const update: InteractionHandler<'update'> = async (
  { resourceType, id, resource, ifMatch },
  { ports, validate },
) => {
  checkResource(resource, { validate });
  const matching = ifMatch === undefined ? {} : { vid: ifMatch };
  const { resource: result } = await ports.persistence.updateResource({ resourceType, id, resource, ...matching });
  return writeResponse(result);
};
