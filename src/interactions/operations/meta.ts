/** $meta: the profiles, tags and security labels of a resource, a type or everything (FHIR R4, resource-operation-meta.html). */
import { objectMembers } from '../../fhir/json-text.ts';
import { metaResponse } from './meta-response.ts';
import type { OperationHandler } from './operation.ts';

export const meta: OperationHandler = async ({ resourceType, id }, _input, { ports }) => {
  if (resourceType === undefined || id === undefined) {
    return metaResponse(JSON.stringify(await ports.labels.inUse(resourceType)));
  }
  const { resource } = await ports.persistence.readResource({ resourceType, id });
  return metaResponse(metaOf(resource.body));
};

/** The text of a stored resource's meta, which every stored resource has. */
export function metaOf(body: string): string {
  const member = objectMembers(body).find(({ key }) => key === 'meta');
  return member ? body.slice(member.start, member.end) : '{}';
}
