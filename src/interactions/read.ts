/** read (FHIR R4, http.html#read). */
import type { InteractionHandler } from './perform.ts';

export const read: InteractionHandler<'read'> = async ({ resourceType, id }, { ports }) => {
  const { resource } = await ports.persistence.readResource({ resourceType, id });
  return { status: 200, stored: resource };
};
