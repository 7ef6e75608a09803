/** delete (FHIR R4, http.html#delete): deleting what is not there succeeds too. */
import type { InteractionHandler } from './perform.ts';
import { writeResponse } from './write-response.ts';

export const deleteInstance: InteractionHandler<'delete'> = async ({ resourceType, id, ifMatch }, { ports }) => {
  const matching = ifMatch === undefined ? {} : { vid: ifMatch };
  const { resource: result } = await ports.persistence.deleteResource({ resourceType, id, ...matching });
  return writeResponse(result);
};
