/**
 * Interactions as values (FHIR R4, http.html; codes of restful-interaction): what HTTP and Bundles ask for, free of
 * both. Handlers are found by `code`.
 */
import type { BundleContent } from './bundle.ts';
import type { OutcomeIssue } from './error.ts';
import type { OperationOutcome } from './outcome.ts';
import type { Patch } from './patch.ts';
import type { ResourceContent } from './resource-content.ts';
import type { StoredResource } from './stored-resource.ts';
import type { View } from './subset.ts';

/** Query parameters in the order of the request, a repeated one as a list. */
export type SearchParams = Readonly<Record<string, string | readonly string[]>>;

type OfType = { readonly resourceType: string };
type OfInstance = OfType & { readonly id: string };
/** The version that `If-Match` allows the write to replace; `*` for any that exists. */
type Matching = { readonly ifMatch?: string };
/** The search that names the resource of a conditional interaction. */
type ByCriteria = { readonly criteria: SearchParams };
/** What the client has already: nothing is sent where that is current (http.html#cread). */
export interface Known {
  /** Version ids, or `*` for any. */
  readonly ifNoneMatch?: readonly string[];
  readonly ifModifiedSince?: Date;
}
/** How a resource is to be read: whole, or a part of it, or not at all where the client has it. */
type Reading = { readonly view?: View; readonly known?: Known };
/** What a write is to be answered with (http.html#ops). */
export type ReturnPreference = 'minimal' | 'representation' | 'OperationOutcome';
type Returning = { readonly returns?: ReturnPreference };

/** Whether a search is refused for a parameter that the server doesn't know, or done without it (search.html#errors). */
export type SearchHandling = 'strict' | 'lenient';
/** A search within what belongs to one patient (http.html#vsearch). */
export type Compartment = { readonly resourceType: 'Patient'; readonly id: string };
type Searching = {
  readonly params: SearchParams;
  readonly handling?: SearchHandling;
  readonly compartment?: Compartment;
};

export type Interaction =
  | ({ readonly code: 'read' } & OfInstance & Reading)
  | ({ readonly code: 'vread'; readonly versionId: string } & OfInstance & Reading)
  | ({ readonly code: 'create'; readonly resource: ResourceContent; readonly ifNoneExist?: SearchParams } & OfType)
  | ({ readonly code: 'update'; readonly resource: ResourceContent } & OfInstance & Matching)
  | ({ readonly code: 'conditional-update'; readonly resource: ResourceContent } & OfType & ByCriteria & Matching)
  | ({ readonly code: 'patch'; readonly patch: Patch } & OfInstance & Matching)
  | ({ readonly code: 'conditional-patch'; readonly patch: Patch } & OfType & ByCriteria & Matching)
  | ({ readonly code: 'delete' } & OfInstance & Matching)
  | ({ readonly code: 'conditional-delete' } & OfType & ByCriteria & Matching)
  | ({ readonly code: 'search-type' } & OfType & Searching)
  /** Of several types, those that `_type` names. */
  | ({ readonly code: 'search-system' } & Searching)
  | ({ readonly code: 'history-instance'; readonly params: SearchParams } & OfInstance)
  | ({ readonly code: 'history-type'; readonly params: SearchParams } & OfType)
  | { readonly code: 'history-system'; readonly params: SearchParams }
  | ({ readonly code: 'batch'; readonly bundle: BundleContent } & Returning)
  | ({ readonly code: 'transaction'; readonly bundle: BundleContent } & Returning)
  | OperationInvocation
  /** The CapabilityStatement, or the TerminologyCapabilities. */
  | { readonly code: 'capabilities'; readonly mode?: 'terminology' };

/** `$name` on the system, a type or an instance (operations.html). */
export interface OperationInvocation {
  readonly code: 'operation';
  /** Without its `$`. */
  readonly name: string;
  readonly resourceType?: string;
  readonly id?: string;
  readonly method: 'GET' | 'POST';
  /** What the query says. */
  readonly params: SearchParams;
  readonly body?: ResourceContent;
}

export type InteractionCode = Interaction['code'];

/** The answer to an interaction: a status and at most one of a stored version, a page, or an outcome. */
export interface FhirResponse {
  readonly status: number;
  /** The version read or written: sent as its stored text, with ETag and Last-Modified. */
  readonly stored?: StoredResource;
  /** A resource made for this answer (Bundle, CapabilityStatement), as JSON text. */
  readonly body?: string;
  /** `Type/id/_history/version` of what was created. */
  readonly location?: string;
  /** What a validation found that does not refuse the write: told where the client prefers an outcome. */
  readonly findings?: readonly OutcomeIssue[];
  /** Remarks; sent in the place of a body where there is none, beside it in a Bundle. */
  readonly outcome?: OperationOutcome;
}
