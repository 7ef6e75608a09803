/** history of everything, newest first (FHIR R4, http.html#history). */
import { historyResponse } from './history-response.ts';
import type { InteractionHandler } from './perform.ts';

export const historySystem: InteractionHandler<'history-system'> = async ({ params }, { ports, baseUrl }) => {
  const { result } = await ports.history.globalHistory({ baseUrl, queryParams: params });
  return historyResponse(result);
};
