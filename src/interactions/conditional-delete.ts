/** delete of what a search names, one or where the operator allows it several (FHIR R4, http.html#3.1.0.7.1). */
import type { InteractionHandler } from './perform.ts';
import { writeResponse } from './write-response.ts';

export const conditionalDelete: InteractionHandler<'conditional-delete'> = async (interaction, { ports, settings }) => {
  const { resourceType, criteria, ifMatch } = interaction;
  const matching = ifMatch === undefined ? {} : { vid: ifMatch };
  const several = settings.conditionalDelete === 'multiple';
  const request = { resourceType, several, ...matching };
  const { resource: result } = await ports.persistence.conditionalDeleteResource(request, criteria);
  return writeResponse(result);
};
