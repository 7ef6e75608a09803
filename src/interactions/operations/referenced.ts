/** What resources refer to, one level, as far as it is nobody else's record (FHIR R4, patient-operation-everything.html). */

import type { CompartmentRequest } from '../../fhir/compartment.ts';
import { FhirError } from '../../fhir/error.ts';
import { rewriteStrings } from '../../fhir/json-text.ts';
import { type LiteralReference, parseReference } from '../../fhir/reference.ts';
import type { StoredResource } from '../../fhir/stored-resource.ts';
import type { InteractionContext } from '../perform.ts';

/** Reads at a time. */
const AT_A_TIME = 8;

/** Each once, without those of any patient's compartment: of this patient they come by themselves, of others never. */
export async function referencedBy(
  resources: readonly StoredResource[],
  { types, since }: CompartmentRequest,
  context: InteractionContext,
): Promise<readonly StoredResource[]> {
  const wanted = [...references(resources, context)].filter(({ resourceType }) => types.includes(resourceType));
  const pending = wanted.entries();
  const found: (StoredResource | undefined)[] = [];
  const worker = async () => {
    for (const [index, reference] of pending) {
      const resource = await readIfThere(reference, context);
      const isWanted = resource && resource.compartments.length === 0 && (!since || resource.lastUpdated >= since);
      if (isWanted) found[index] = resource;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return found.filter((resource) => resource !== undefined);
}

function references(
  resources: readonly StoredResource[],
  { definitions, baseUrl }: InteractionContext,
): Iterable<LiteralReference> {
  const found = new Map<string, LiteralReference>();
  for (const { body } of resources) {
    rewriteStrings(body, (key, value) => {
      const relative = value.startsWith(`${baseUrl}/`) ? value.slice(baseUrl.length + 1) : value;
      const reference = key === 'reference' ? parseReference(relative) : undefined;
      if (reference && definitions.isServed(reference.resourceType)) {
        found.set(`${reference.resourceType}/${reference.id}`, reference);
      }
      return undefined;
    });
  }
  return found.values();
}

/** Undefined where the reference leads nowhere, or where the caller may not go. */
async function readIfThere(
  { resourceType, id }: LiteralReference,
  { ports }: InteractionContext,
): Promise<StoredResource | undefined> {
  try {
    return (await ports.persistence.readResource({ resourceType, id })).resource;
  } catch (error) {
    if (error instanceof FhirError && [403, 404, 410].includes(error.status)) return undefined;
    throw error;
  }
}
