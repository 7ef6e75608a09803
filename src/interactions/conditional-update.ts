/** update of what a search names (FHIR R4, http.html#cond-update). */
import { checkResource } from './check-resource.ts';
import type { InteractionHandler } from './perform.ts';
import { writeResponse } from './write-response.ts';

export const conditionalUpdate: InteractionHandler<'conditional-update'> = async (interaction, { ports, validate }) => {
  const { resourceType, resource, criteria, ifMatch } = interaction;
  checkResource(resource, { validate });
  const matching = ifMatch === undefined ? {} : { vid: ifMatch };
  const { resource: result } = await ports.persistence.conditionalUpdateResource(
    { resourceType, resource, ...matching },
    criteria,
  );
  return writeResponse(result);
};
