/** capabilities (FHIR R4, http.html#capabilities). */
import { buildCapabilityStatement } from '../definitions/capability-statement.ts';
import { buildTerminologyCapabilities } from '../definitions/terminology-capabilities.ts';
import type { InteractionContext, InteractionHandler } from './perform.ts';

export const capabilities: InteractionHandler<'capabilities'> = async ({ mode }, context) => ({
  status: 200,
  body: JSON.stringify(mode === 'terminology' ? await terminologyCapabilities(context) : capabilityStatement(context)),
});

const capabilityStatement = ({ definitions, baseUrl, settings }: InteractionContext) =>
  buildCapabilityStatement(definitions, {
    baseUrl,
    conditionalDelete: settings.conditionalDelete,
    cors: settings.cors,
    smart: settings.smartConfiguration,
  });

async function terminologyCapabilities({ definitions, ports, baseUrl }: InteractionContext) {
  const parameters = definitions.operation('expand', 'ValueSet')?.parameters ?? [];
  return buildTerminologyCapabilities(await ports.terminology.current(), parameters, { baseUrl });
}
