/**
 * What the entries of a transaction are may not overlap (FHIR R4, http.html#trules: "If any resource identities overlap
 * … the transaction SHALL fail"; bundle.html, rule bdl-7).
 */
import type { BundleContent } from '../fhir/bundle.ts';
import { badRequest } from '../fhir/error.ts';
import type { Interaction, SearchParams } from '../fhir/interaction.ts';
import { formatParams } from '../fhir/search-params.ts';
import { atEntry } from './entry-request.ts';

/** `Type/id` of what an update or a delete is about. */
export const writtenInstance = (interaction: Interaction): string | undefined =>
  interaction.code === 'update' || interaction.code === 'patch' || interaction.code === 'delete'
    ? `${interaction.resourceType}/${interaction.id}`
    : undefined;

/** @throws FhirError 400 naming the second of two entries that are about the same. */
export function checkIdentities({ entries }: BundleContent, interactions: readonly Interaction[]): void {
  refuseSecond(interactions.map(writtenInstance), (instance) => `${instance} is written by more than one entry.`);
  refuseSecond(interactions.map(condition), () => 'Another entry has the same condition; refer to that one instead.');
  const fullUrls = entries.map(({ fullUrl }) => fullUrl);
  refuseSecond(fullUrls, () => 'Another entry has the same fullUrl.');
}

/** What conditions found may not be written by another entry. @throws FhirError 400 */
export function checkFound(
  entries: readonly { readonly operation: string; readonly resourceType: string; readonly id: string }[],
): void {
  const identities = entries.map((entry) => (isWrite(entry) ? `${entry.resourceType}/${entry.id}` : undefined));
  refuseSecond(identities, (instance) => `${instance} is written by more than one entry.`);
  const written = new Set(entries.filter(isWrite).map(({ resourceType, id }) => `${resourceType}/${id}`));
  for (const [index, { operation, resourceType, id }] of entries.entries()) {
    if (operation !== 'existing' || !written.has(`${resourceType}/${id}`)) continue;
    atEntry(index, () => {
      throw badRequest(`ifNoneExist matches ${resourceType}/${id}, which another entry writes.`);
    });
  }
}

const isWrite = ({ operation }: { readonly operation: string }): boolean =>
  operation === 'update' || operation === 'patch' || operation === 'delete';

/** The condition of a conditional create or write, in one order of its parameters. */
function condition(interaction: Interaction): string | undefined {
  const params = criteriaOf(interaction);
  if (!params || !('resourceType' in interaction)) return undefined;
  return `${interaction.resourceType}?${formatParams(params).split('&').sort().join('&')}`;
}

function criteriaOf(interaction: Interaction): SearchParams | undefined {
  if (interaction.code === 'create') return interaction.ifNoneExist;
  return 'criteria' in interaction ? interaction.criteria : undefined;
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
