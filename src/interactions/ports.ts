/**
 * What interactions need of the world: the storage ports of FHIR Works, implemented as published, with exact types
 * where those say `any` and the version to match where they forget it.
 */
import type {
  BatchReadWriteRequest,
  Bundle,
  CreateResourceRequest,
  DeleteResourceRequest,
  GenericResponse,
  History,
  InstanceHistoryRequest,
  Persistence,
  Search,
  TransactionRequest,
  TypeSearchRequest,
  UpdateResourceRequest,
} from 'fhir-works-on-aws-interface';
import type { AccessContext } from '../auth/access-context.ts';
import type { Expectation } from '../fhir/expectation.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import type { ResourceContent } from '../fhir/resource-content.ts';
import type { StoredResource, WriteResult } from '../fhir/stored-resource.ts';

/** `resource` of a response is what a read found; of a write, what became of it. */
export interface ReadResponse extends GenericResponse {
  readonly resource: StoredResource;
}
export interface WriteResponse extends GenericResponse {
  /** Undefined for the delete of what was not there. */
  readonly resource: WriteResult | undefined;
}

export type Content = { readonly resource: ResourceContent };
/** `If-Match`, called `vid` by the published port on updates only. */
export type Matching = { readonly vid?: string };

/** Refusals of every port are FhirErrors. */
export interface ResourcePersistence extends Persistence {
  readResource(request: Parameters<Persistence['readResource']>[0]): Promise<ReadResponse>;
  vReadResource(request: Parameters<Persistence['vReadResource']>[0]): Promise<ReadResponse>;
  createResource(request: CreateResourceRequest & Content): Promise<WriteResponse>;
  conditionalCreateResource(request: CreateResourceRequest & Content, criteria: SearchParams): Promise<WriteResponse>;
  updateResource(request: UpdateResourceRequest & Content): Promise<WriteResponse>;
  deleteResource(request: DeleteResourceRequest & Matching): Promise<WriteResponse>;
}

export interface FoundResource {
  readonly fullUrl: string;
  readonly resource: StoredResource;
  readonly search: { readonly mode: 'match' | 'include' | 'outcome' };
  /** In a history: whether the version brought the resource into being. */
  readonly creates?: boolean;
}

export interface FoundPage {
  /** How many match in all; -1 where nobody asked. */
  readonly numberOfResults: number;
  readonly entries: FoundResource[];
  readonly message: string;
  readonly selfUrl: string;
  readonly nextResultUrl?: string;
}

export interface ResourceSearch extends Search {
  typeSearch(request: TypeSearchRequest & { readonly queryParams: SearchParams }): Promise<{ result: FoundPage }>;
  /** The ids that match, two at most: none, one or several is all that a condition asks for. */
  matchingIds(resourceType: string, criteria: SearchParams): Promise<readonly string[]>;
}

export interface ResourceHistory extends History {
  instanceHistory(
    request: InstanceHistoryRequest & { readonly queryParams: SearchParams },
  ): Promise<{ result: FoundPage }>;
}

/** A step of a transaction, and what its refusal points at: `Bundle.entry[0]`. */
export type PlacedStep = BatchReadWriteRequest & { readonly place: string };

export interface TransactionPort extends Bundle {
  /** The `resource` of each response is a WriteResult, or for a read a StoredResource. */
  transaction(
    request: TransactionRequest & {
      readonly requests: readonly PlacedStep[];
      readonly expectations: readonly Expectation[];
    },
  ): ReturnType<Bundle['transaction']>;
}

export interface Ports {
  readonly persistence: ResourcePersistence;
  readonly search: ResourceSearch;
  readonly bundle: TransactionPort;
  readonly history: ResourceHistory;
}

/** The same ports, restricted to what this access context may see and do. */
export function guardPorts(ports: Ports, access: AccessContext): Ports {
  switch (access.kind) {
    case 'open':
      return ports;
  }
}
