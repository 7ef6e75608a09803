/** A search parameter made ready to extract and to parse (FHIR R4, searchparameter.html). */
import type { Extract } from './index-entry.ts';

export type SearchParamType = 'date' | 'number' | 'quantity' | 'reference' | 'string' | 'token' | 'uri' | 'composite';

/** Modifiers by name (search.html#modifiers); `:[type]` of a reference is checked against its targets instead. */
export type Modifier =
  | 'above'
  | 'below'
  | 'contains'
  | 'exact'
  | 'identifier'
  | 'in'
  | 'missing'
  | 'not'
  | 'not-in'
  | 'of-type'
  | 'text';

/** Calls `found` for each value of a path, from the resource (or the focus of a composite) down. */
export type Visit = (focus: unknown, found: (value: unknown) => void) => void;

export interface ElementPath {
  /** Path in the element table, `Immunization.occurrence[x]`. */
  readonly path: string;
  /** FHIR type at its end. */
  readonly type: string;
  readonly visit: Visit;
  readonly extract: Extract;
}

export interface CompiledSearchParameter {
  readonly code: string;
  readonly url: string;
  readonly type: SearchParamType;
  readonly resourceType: string;
  readonly elements: readonly ElementPath[];
  /** FHIR types at the ends of the paths. */
  readonly types: ReadonlySet<string>;
  /** Resource types that a reference may name. */
  readonly targets: readonly string[];
  readonly modifiers: ReadonlySet<Modifier>;
  /** Whether at most one element can occur, so that ranges and order need no array. */
  readonly single: boolean;
  /** Of a composite, in the order of its value; what they extract is told by the composite's own elements. */
  readonly components: readonly CompiledSearchParameter[];
}
