/** read, also conditional (FHIR R4, http.html#read, http.html#cread). */
import type { InteractionHandler } from './perform.ts';
import { readResponse } from './read-response.ts';

export const read: InteractionHandler<'read'> = async (interaction, { ports, definitions }) => {
  const { resourceType, id } = interaction;
  const { resource } = await ports.persistence.readResource({ resourceType, id });
  return readResponse(resource, interaction, definitions);
};
