/** search across types, or of all that one patient has (FHIR R4, http.html#search, #vsearch). */
import { checkCompartment } from './compartment-owner.ts';
import type { InteractionHandler } from './perform.ts';
import { searchResponse } from './search-response.ts';

export const searchSystem: InteractionHandler<'search-system'> = async (interaction, context) => {
  const { params, handling, compartment } = interaction;
  await checkCompartment(compartment, context);
  const { result } = await context.ports.search.globalSearch({
    queryParams: params,
    baseUrl: context.baseUrl,
    ...(handling ? { handling } : {}),
    ...(compartment ? { compartment } : {}),
  });
  return searchResponse(result, context);
};
