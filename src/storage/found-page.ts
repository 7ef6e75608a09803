/** Pages as the search and history ports answer them. */
import type { OutcomeIssue } from '../fhir/error.ts';
import type { StoredResource } from '../fhir/stored-resource.ts';
import type { View } from '../fhir/subset.ts';

export interface FoundEntry {
  readonly fullUrl: string;
  readonly resource: StoredResource;
  readonly search: { readonly mode: 'match' | 'include' };
  /** In a history: whether the version brought the resource into being. */
  readonly creates?: boolean;
}

export interface FoundPage {
  /** How many there are in all; -1 where nobody asked. */
  readonly numberOfResults: number;
  readonly entries: FoundEntry[];
  readonly message: string;
  readonly selfUrl: string;
  readonly firstResultUrl?: string;
  readonly previousResultUrl?: string;
  readonly nextResultUrl?: string;
  /** The part of each resource that is to be shown. */
  readonly view?: View;
  /** What the client is to know about the page. */
  readonly issues?: readonly OutcomeIssue[];
}

export const toEntry = (
  resource: StoredResource,
  baseUrl: string,
  mode: FoundEntry['search']['mode'] = 'match',
): FoundEntry => ({
  fullUrl: `${baseUrl}/${resource.resourceType}/${resource.id}`,
  resource,
  search: { mode },
});
