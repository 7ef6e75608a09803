/** vread (FHIR R4, http.html#vread). */
import type { InteractionHandler } from './perform.ts';

export const vread: InteractionHandler<'vread'> = async ({ resourceType, id, versionId }, { ports }) => {
  const { resource } = await ports.persistence.vReadResource({ resourceType, id, vid: versionId });
  return { status: 200, stored: resource };
};
