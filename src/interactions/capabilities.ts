/** capabilities (FHIR R4, http.html#capabilities). */
import { buildCapabilityStatement } from '../definitions/capability-statement.ts';
import type { InteractionHandler } from './perform.ts';

export const capabilities: InteractionHandler<'capabilities'> = async (
  _interaction,
  { definitions, baseUrl, settings },
) => ({
  status: 200,
  body: JSON.stringify(
    buildCapabilityStatement(definitions, {
      baseUrl,
      conditionalDelete: settings.conditionalDelete,
      cors: settings.cors,
      smart: settings.smartConfiguration,
    }),
  ),
});
