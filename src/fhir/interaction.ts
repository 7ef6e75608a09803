/**
 * Interactions as values (FHIR R4, http.html; codes of restful-interaction): what HTTP and Bundles ask for, free of
 * both. Handlers are found by `code`.
 */
import type { BundleContent } from './bundle.ts';
import type { OperationOutcome } from './outcome.ts';
import type { ResourceContent } from './resource-content.ts';
import type { StoredResource } from './stored-resource.ts';

/** Query parameters in the order of the request, a repeated one as a list. */
export type SearchParams = Readonly<Record<string, string | readonly string[]>>;

type OfType = { readonly resourceType: string };
type OfInstance = OfType & { readonly id: string };
/** The version that `If-Match` allows the write to replace; `*` for any that exists. */
type Matching = { readonly ifMatch?: string };

export type Interaction =
  | ({ readonly code: 'read' } & OfInstance)
  | ({ readonly code: 'vread'; readonly versionId: string } & OfInstance)
  | ({ readonly code: 'create'; readonly resource: ResourceContent; readonly ifNoneExist?: SearchParams } & OfType)
  | ({ readonly code: 'update'; readonly resource: ResourceContent } & OfInstance & Matching)
  | ({ readonly code: 'delete' } & OfInstance & Matching)
  | ({ readonly code: 'search-type'; readonly params: SearchParams } & OfType)
  | ({ readonly code: 'history-instance'; readonly params: SearchParams } & OfInstance)
  | { readonly code: 'batch'; readonly bundle: BundleContent }
  | { readonly code: 'transaction'; readonly bundle: BundleContent }
  | { readonly code: 'capabilities' };

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
  /** Remarks; sent in the place of a body where there is none, beside it in a Bundle. */
  readonly outcome?: OperationOutcome;
}
