/** patch, also conditional (FHIR R4, http.html#patch, http.html#cond-patch). */
import { buildEdit } from './patch/edit.ts';
import type { InteractionHandler } from './perform.ts';
import { writeResponse } from './write-response.ts';

export const patch: InteractionHandler<'patch'> = async (
  interaction,
  { ports, definitions: { elements }, validate },
) => {
  const { resourceType, id, ifMatch } = interaction;
  const request = {
    resourceType,
    id,
    resource: buildEdit(interaction.patch, { elements, validate }),
    ...matching(ifMatch),
  };
  const { resource: result } = await ports.persistence.patchResource(request);
  return writeResponse(result);
};

export const conditionalPatch: InteractionHandler<'conditional-patch'> = async (
  interaction,
  { ports, definitions: { elements }, validate },
) => {
  const { resourceType, criteria, ifMatch } = interaction;
  const request = {
    resourceType,
    resource: buildEdit(interaction.patch, { elements, validate }),
    ...matching(ifMatch),
  };
  const { resource: result } = await ports.persistence.conditionalPatchResource(request, criteria);
  return writeResponse(result);
};

const matching = (ifMatch: string | undefined) => (ifMatch === undefined ? {} : { vid: ifMatch });
