/** Whose compartment is searched (FHIR R4, http.html#vsearch): somebody whom the caller can read. */
import type { Compartment } from '../fhir/interaction.ts';
import type { InteractionContext } from './perform.ts';

/** @throws FhirError 404 where there is no such patient, 410 where there is none any more */
export async function checkCompartment(
  compartment: Compartment | undefined,
  { ports }: Pick<InteractionContext, 'ports'>,
): Promise<void> {
  if (compartment) await ports.persistence.readResource(compartment);
}
