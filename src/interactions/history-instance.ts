/** history of one resource, newest first (FHIR R4, http.html#history). */
import { historyResponse } from './history-response.ts';
import type { InteractionHandler } from './perform.ts';

export const historyInstance: InteractionHandler<'history-instance'> = async (interaction, { ports, baseUrl }) => {
  const { resourceType, id, params } = interaction;
  const { result } = await ports.history.instanceHistory({ resourceType, id, baseUrl, queryParams: params });
  return historyResponse(result);
};
