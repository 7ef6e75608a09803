/** A search in terms of its parameters: criteria that all hold, each with alternatives (FHIR R4, search.html). */
import type { DateInterval } from '../fhir/date.ts';
import type { CompiledSearchParameter, Modifier } from './parameter.ts';

/** search.html#prefix */
export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

/** A number as searched: its value, and the half-open range that its precision implies. */
export interface ImpliedRange {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export type SearchValue =
  | ({ readonly type: 'date'; readonly prefix: Prefix } & DateInterval)
  | ({ readonly type: 'number'; readonly prefix: Prefix } & ImpliedRange)
  | SearchQuantity
  /** Any of the keys. */
  | { readonly type: 'reference'; readonly keys: readonly string[] }
  | { readonly type: 'string'; readonly text: string }
  | SearchToken
  | { readonly type: 'of-type'; readonly system: string; readonly code: string; readonly value: string }
  | { readonly type: 'uri'; readonly uri: string }
  | { readonly type: 'composite'; readonly components: readonly SearchValue[] }
  | { readonly type: 'missing'; readonly missing: boolean };

export type SearchQuantity = {
  readonly type: 'quantity';
  readonly prefix: Prefix;
  /** Undefined: any system. */
  readonly system: string | undefined;
  /** Undefined: any unit. With no system it is the code or the unit in words. */
  readonly code: string | undefined;
} & ImpliedRange;

export interface SearchToken {
  readonly type: 'token';
  /** Undefined: whatever the system; empty: no system. */
  readonly system: string | undefined;
  /** Undefined: any code of the system. */
  readonly code: string | undefined;
}

/** One `code:modifier=a,b` of a query. Its values are alternatives; all criteria of a query hold. */
export interface SearchCriterion {
  readonly parameter: CompiledSearchParameter;
  readonly modifier?: Modifier;
  readonly values: readonly SearchValue[];
}

export interface SearchQuery {
  readonly resourceType: string;
  readonly criteria: readonly SearchCriterion[];
  /** `_count` as asked for. */
  readonly count?: number;
  /** `_sort`, `_include`, `_summary` and so on, raw and in order: the caller knows them or refuses. */
  readonly resultParameters: readonly ResultParameter[];
}

export interface ResultParameter {
  /** As given, with its modifier: `_include:iterate`. */
  readonly name: string;
  readonly value: string;
}
