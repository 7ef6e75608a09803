/** vread (FHIR R4, http.html#vread). */
import type { InteractionHandler } from './perform.ts';
import { readResponse } from './read-response.ts';

export const vread: InteractionHandler<'vread'> = async (interaction, { ports, definitions }) => {
  const { resourceType, id, versionId } = interaction;
  const { resource } = await ports.persistence.vReadResource({ resourceType, id, vid: versionId });
  return readResponse(resource, interaction, definitions);
};
