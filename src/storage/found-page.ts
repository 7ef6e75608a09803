/** Pages as the search and history ports answer them. */
import type { StoredResource } from '../fhir/stored-resource.ts';

export interface FoundEntry {
  readonly fullUrl: string;
  readonly resource: StoredResource;
  readonly search: { readonly mode: 'match' };
  /** In a history: whether the version brought the resource into being. */
  readonly creates?: boolean;
}

export interface FoundPage {
  /** How many there are in all; -1 where nobody asked. */
  readonly numberOfResults: number;
  readonly entries: FoundEntry[];
  readonly message: string;
  readonly selfUrl: string;
  readonly nextResultUrl?: string;
}

export const toEntry = (resource: StoredResource, baseUrl: string): FoundEntry => ({
  fullUrl: `${baseUrl}/${resource.resourceType}/${resource.id}`,
  resource,
  search: { mode: 'match' },
});
