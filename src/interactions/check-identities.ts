/**
 * What the entries of a transaction are may not overlap (FHIR R4, http.html#trules: "If any resource identities overlap
 * … the transaction SHALL fail"; bundle.html, rule bdl-7).
 */
import type { BundleContent } from '../fhir/bundle.ts';
import { badRequest } from '../fhir/error.ts';
import type { Interaction } from '../fhir/interaction.ts';
import { formatParams } from '../fhir/search-params.ts';
import { atEntry } from './entry-request.ts';

/** `Type/id` of what an update or a delete is about. */
export const writtenInstance = (interaction: Interaction): string | undefined =>
  interaction.code === 'update' || interaction.code === 'delete'
    ? `${interaction.resourceType}/${interaction.id}`
    : undefined;

/** @throws FhirError 400 naming the second of two entries that are about the same. */
export function checkIdentities({ entries }: BundleContent, interactions: readonly Interaction[]): void {
  refuseSecond(interactions.map(writtenInstance), (instance) => `${instance} is written by more than one entry.`);
  refuseSecond(interactions.map(condition), () => 'Another entry has the same ifNoneExist; refer to that one instead.');
  const fullUrls = entries.map(({ fullUrl }) => fullUrl);
  refuseSecond(fullUrls, () => 'Another entry has the same fullUrl.');
}

/** What conditional creates found may not be written by another entry. @throws FhirError 400 */
export function checkFound(
  entries: readonly { readonly operation: string; readonly resourceType: string; readonly id: string }[],
): void {
  const written = new Set(entries.filter(isWrite).map(({ resourceType, id }) => `${resourceType}/${id}`));
  for (const [index, { operation, resourceType, id }] of entries.entries()) {
    if (operation !== 'existing' || !written.has(`${resourceType}/${id}`)) continue;
    atEntry(index, () => {
      throw badRequest(`ifNoneExist matches ${resourceType}/${id}, which another entry writes.`);
    });
  }
}

const isWrite = ({ operation }: { readonly operation: string }): boolean =>
  operation === 'update' || operation === 'delete';

/** The condition of a conditional create, in one order of its parameters. */
function condition(interaction: Interaction): string | undefined {
  if (interaction.code !== 'create' || !interaction.ifNoneExist) return undefined;
  const criteria = formatParams(interaction.ifNoneExist).split('&').sort().join('&');
  return `${interaction.resourceType}?${criteria}`;
}

function refuseSecond(identities: readonly (string | undefined)[], why: (identity: string) => string): void {
  const seen = new Set<string>();
  for (const [index, identity] of identities.entries()) {
    if (identity === undefined) continue;
    atEntry(index, () => {
      if (seen.has(identity)) throw badRequest(why(identity));
    });
    seen.add(identity);
  }
}
