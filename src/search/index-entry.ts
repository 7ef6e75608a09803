/** What a search parameter finds in a resource, one value each (FHIR R4, search.html#ptypes). */
import type { DateInterval } from '../fhir/date.ts';

export type IndexValue =
  | ({ readonly type: 'date' } & DateInterval)
  | { readonly type: 'number'; readonly lo: number; readonly hi: number }
  | QuantityValue
  /** Every form a search may name the reference by: `Type/id`, a URL, and those with the version. */
  | { readonly type: 'reference'; readonly keys: readonly string[] }
  /** `part`: a later part of a longer value, found by its start but never the exact value. */
  | { readonly type: 'string'; readonly text: string; readonly part?: boolean }
  | TokenValue
  | { readonly type: 'uri'; readonly keys: readonly string[] }
  /** For each component its values; they belong together. */
  | { readonly type: 'composite'; readonly components: readonly (readonly IndexValue[])[] }
  /** What `:text` searches beside a code. */
  | { readonly type: 'text'; readonly text: string }
  /** What `:of-type` searches in an Identifier. */
  | { readonly type: 'of-type'; readonly system: string; readonly code: string; readonly value: string }
  /** What `:identifier` searches in a Reference. */
  | { readonly type: 'identifier'; readonly system: string; readonly code: string }
  /** The element is there, but nothing in it that this type of parameter searches; only `:missing` sees it. */
  | { readonly type: 'present' };

export interface QuantityValue {
  readonly type: 'quantity';
  /** Bounds of the value, infinite where it has none. */
  readonly lo: number;
  readonly hi: number;
  readonly system: string;
  readonly code: string;
  readonly unit: string;
}

export interface TokenValue {
  readonly type: 'token';
  /** Empty when there is none, undefined when the data type can't have one. */
  readonly system: string | undefined;
  /** Empty when only the system is known. */
  readonly code: string;
}

/** One value that the search parameter with this code finds in a resource. */
export interface IndexEntry {
  readonly code: string;
  readonly value: IndexValue;
}

/** Adds what one FHIR value means to a search parameter. `baseUrl` is this server's, without a slash at the end. */
export type Extract = (value: unknown, add: (value: IndexValue) => void, baseUrl: string) => void;

/** Extractors by the FHIR type of the value. */
export type Extractors = Readonly<Record<string, Extract>>;
