/** Loads the declarations once, at start: resource types, search parameters, indexes, the patient compartment. */
import { createHash } from 'node:crypto';
import { type CompiledSearchParameter, compileSearchParameter } from '../search/compile.ts';
import type { IndexEntry } from '../search/extract.ts';
import { loadCompartment } from './compartment.ts';
import { loadElements } from './elements.ts';
import { type DefaultOrder, defaultOrderOf, type IndexDefinition, indexesOf } from './indexes.ts';
import { RESOURCE_TYPES } from './resource-types.ts';
import { loadSearchParameters, type SearchParameterDefinition, searchParametersOf } from './search-parameters.ts';

export interface Definitions {
  readonly resourceTypes: readonly string[];
  isServed(resourceType: string): boolean;
  searchParameters(resourceType: string): readonly CompiledSearchParameter[];
  indexes(resourceType: string): readonly IndexDefinition[];
  defaultOrder(resourceType: string): DefaultOrder | undefined;
  /** The compartments of a resource: `Patient/<id>`, by the CompartmentDefinition and nothing else. */
  compartments(resourceType: string, id: string, entries: readonly IndexEntry[]): readonly string[];
  /** Names of elements that hold a Reference's literal, a url, uri, oid or uuid. */
  readonly linkElements: ReadonlySet<string>;
  /** Changes whenever any search parameter does: stored search fields of another number are out of date. */
  readonly searchSchema: number;
}
