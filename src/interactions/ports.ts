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
  GlobalHistoryRequest,
  GlobalSearchRequest,
  History,
  InstanceHistoryRequest,
  Persistence,
  Search,
  TransactionRequest,
  TypeHistoryRequest,
  TypeSearchRequest,
  UpdateResourceRequest,
} from 'fhir-works-on-aws-interface';
import type { AccessContext } from '../auth/access-context.ts';
import type { CompartmentPosition, CompartmentRequest } from '../fhir/compartment.ts';
import type { OutcomeIssue } from '../fhir/error.ts';
import type { Expectation } from '../fhir/expectation.ts';
import type { Compartment, SearchHandling, SearchParams } from '../fhir/interaction.ts';
import type { Edit } from '../fhir/patch.ts';
import type { ResourceContent } from '../fhir/resource-content.ts';
import type { StoredResource, WriteResult } from '../fhir/stored-resource.ts';
import type { View } from '../fhir/subset.ts';
import type { SupportingData } from '../iis/forecast/supporting-data.ts';
import type { Terminology } from '../terminology/terminology.ts';

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

/** What a patch makes of the version that is there, in the place of the published port's `resource`. */
export type Editing = { readonly resource: Edit };
export type PatchRequest = Parameters<Persistence['patchResource']>[0] & Editing & Matching;
export type ConditionalRequest = Matching & { readonly resourceType: string };

/** Refusals of every port are FhirErrors. */
export interface ResourcePersistence extends Persistence {
  readResource(request: Parameters<Persistence['readResource']>[0]): Promise<ReadResponse>;
  vReadResource(request: Parameters<Persistence['vReadResource']>[0]): Promise<ReadResponse>;
  createResource(request: CreateResourceRequest & Content): Promise<WriteResponse>;
  conditionalCreateResource(request: CreateResourceRequest & Content, criteria: SearchParams): Promise<WriteResponse>;
  updateResource(request: UpdateResourceRequest & Content): Promise<WriteResponse>;
  patchResource(request: PatchRequest): Promise<WriteResponse>;
  conditionalUpdateResource(request: ConditionalRequest & Content, criteria: SearchParams): Promise<WriteResponse>;
  conditionalPatchResource(request: ConditionalRequest & Editing, criteria: SearchParams): Promise<WriteResponse>;
  conditionalDeleteResource(
    request: ConditionalRequest & { readonly several: boolean },
    criteria: SearchParams,
  ): Promise<WriteResponse>;
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
  readonly firstResultUrl?: string;
  readonly previousResultUrl?: string;
  readonly nextResultUrl?: string;
  /** The part of each resource that is to be shown. */
  readonly view?: View;
  /** What the client is to know about the page. */
  readonly issues?: readonly OutcomeIssue[];
}

/** What the published requests of a search have no member for. */
export type Searching = {
  readonly queryParams: SearchParams;
  /** Strict where nothing is said. */
  readonly handling?: SearchHandling;
  /** Only what is in it is searched. */
  readonly compartment?: Compartment;
};

export interface ResourceSearch extends Search {
  typeSearch(request: TypeSearchRequest & Searching): Promise<{ result: FoundPage }>;
  globalSearch(request: GlobalSearchRequest & Searching): Promise<{ result: FoundPage }>;
  /** The ids that match, two at most: none, one or several is all that a condition asks for. */
  matchingIds(resourceType: string, criteria: SearchParams): Promise<readonly string[]>;
}

type WithParams = { readonly queryParams: SearchParams };

export interface ResourceHistory extends History {
  typeHistory(request: TypeHistoryRequest & WithParams): Promise<{ result: FoundPage }>;
  globalHistory(request: GlobalHistoryRequest & WithParams): Promise<{ result: FoundPage }>;
  instanceHistory(
    request: InstanceHistoryRequest & { readonly queryParams: SearchParams },
  ): Promise<{ result: FoundPage }>;
}

/** A step of a transaction, and what its refusal points at: `Bundle.entry[0]`. */
export type PlacedStep = BatchReadWriteRequest & {
  readonly place: string;
  /** The id must be free. */
  readonly mustBeNew?: boolean | undefined;
  /** Of a read: a condition found it, so it is answered to whoever may search for it. */
  readonly isFound?: boolean | undefined;
};

export interface TransactionPort extends Bundle {
  /** The `resource` of each response is a WriteResult, or for a read a StoredResource. */
  transaction(
    request: TransactionRequest & {
      readonly requests: readonly PlacedStep[];
      readonly expectations: readonly Expectation[];
    },
  ): ReturnType<Bundle['transaction']>;
}

/** What is in a compartment, by pages. */
export interface CompartmentPort {
  resourcesIn(request: CompartmentRequest): Promise<{
    readonly resources: readonly StoredResource[];
    readonly next: CompartmentPosition | undefined;
  }>;
}

/** The profiles, tags and security labels in use, as a Meta. */
export interface LabelPort {
  inUse(resourceType: string | undefined): Promise<object>;
}

/** The releases of CDC's immunization schedule that this server has. */
export interface SchedulePort {
  /** The release of that version, or the one that is in force. @throws FhirError 400 where there is no such release */
  schedule(version?: string): Promise<SupportingData>;
}

/** What codes mean. */
export interface TerminologyPort {
  /** With everything in it that was written through this server. */
  current(): Promise<Terminology>;
}

export interface Ports {
  readonly persistence: ResourcePersistence;
  readonly search: ResourceSearch;
  readonly bundle: TransactionPort;
  readonly history: ResourceHistory;
  readonly compartments: CompartmentPort;
  readonly labels: LabelPort;
  readonly terminology: TerminologyPort;
  readonly schedules: SchedulePort;
}

/** The ports, restricted to what this access context may see and do: there is no other way to them. */
export type GuardPorts = (access: AccessContext) => Ports;
