/** search of one type, or of what one patient has of it (FHIR R4, http.html#search, #vsearch). */
import { checkCompartment } from './compartment-owner.ts';
import type { InteractionHandler } from './perform.ts';
import { searchResponse } from './search-response.ts';

export const searchType: InteractionHandler<'search-type'> = async (interaction, context) => {
  const { resourceType, params, handling, compartment } = interaction;
  await checkCompartment(compartment, context);
  const { result } = await context.ports.search.typeSearch({
    resourceType,
    queryParams: params,
    baseUrl: context.baseUrl,
    allowedResourceTypes: [resourceType],
    ...(handling ? { handling } : {}),
    ...(compartment ? { compartment } : {}),
  });
  return searchResponse(result, context);
};
