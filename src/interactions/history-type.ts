/** history of a resource type, newest first (FHIR R4, http.html#history). */
import { historyResponse } from './history-response.ts';
import type { InteractionHandler } from './perform.ts';

export const historyType: InteractionHandler<'history-type'> = async ({ resourceType, params }, { ports, baseUrl }) => {
  const { result } = await ports.history.typeHistory({ resourceType, baseUrl, queryParams: params });
  return historyResponse(result);
};
