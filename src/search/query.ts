/** A search in terms of its parameters: criteria that all hold, each with alternatives (FHIR R4, search.html). */
import type { DateInterval } from '../fhir/date.ts';
import type { TextExpression } from './full-text.ts';
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
  /** Any of the codes: what a value set has, or what is above or below a code. */
  | { readonly type: 'codes'; readonly codes: readonly SystemCode[] }
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

/** A code of a code system. */
export interface SystemCode {
  readonly system: string;
  readonly code: string;
}

/** One name and value of a query. All criteria of a query hold. */
export type SearchCriterion = ParameterCriterion | JoinCriterion;

/** What only other resources, or the whole content, can tell. */
export type JoinCriterion = ChainCriterion | ReverseChainCriterion | ListCriterion | FullTextCriterion;

/** What every join has: the name as it is in the query, for refusals. */
interface Named {
  readonly name: string;
}

/** `code:modifier=a,b`, told from the resource's own index entries. Its values are alternatives. */
export interface ParameterCriterion {
  readonly kind: 'parameter';
  readonly parameter: CompiledSearchParameter;
  readonly modifier?: Modifier;
  readonly values: readonly SearchValue[];
}

/** `subject:Patient.name=a`: one of the references is to a resource for which the criterion of its type holds. */
export interface ChainCriterion extends Named {
  readonly kind: 'chain';
  readonly parameter: CompiledSearchParameter;
  readonly targets: readonly TypedCriterion[];
}

export interface TypedCriterion {
  readonly resourceType: string;
  readonly criterion: SearchCriterion;
}

/** `_has:Observation:patient:code=a`: a resource for which the criterion holds refers here by the parameter. */
export interface ReverseChainCriterion extends Named {
  readonly kind: 'reverse-chain';
  /** A reference parameter of the type that refers. */
  readonly parameter: CompiledSearchParameter;
  readonly criterion: SearchCriterion;
}

/** `_list=a,b`: one of the Lists names the resource. */
export interface ListCriterion extends Named {
  readonly kind: 'list';
  readonly ids: readonly string[];
}

/** `_content` or `_text`: the words of the whole resource, or of its narrative. */
export interface FullTextCriterion extends Named {
  readonly kind: 'full-text';
  readonly scope: 'content' | 'narrative';
  readonly expression: TextExpression;
}

export const isParameterCriterion = (criterion: SearchCriterion): criterion is ParameterCriterion =>
  criterion.kind === 'parameter';

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
