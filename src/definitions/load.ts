/** Loads the declarations once, at start: resource types, search parameters, indexes, the patient compartment. */
import { createHash } from 'node:crypto';
import type { SearchParameter } from '@medplum/fhirtypes';
import type { ElementMarks } from '../fhir/element-marks.ts';
import { compileSearchParameter, type SearchDefinitions } from '../search/compile.ts';
import type { IndexEntry } from '../search/index-entry.ts';
import type { CompiledSearchParameter } from '../search/parameter.ts';
import { loadPatientCompartment, patientCompartmentCodes } from './compartment.ts';
import { loadElementMarks } from './element-marks.ts';
import { type ElementTable, loadElements } from './elements.ts';
import { type DefaultOrder, defaultOrderOf, type IndexDefinition, indexesOf } from './indexes.ts';
import { findOperation, loadOperations, type OperationDeclaration } from './operations.ts';
import { isResourceType, resourceTypes } from './resource-types.ts';
import { loadSearchParameters, type SearchParameterDefinition, searchParametersOf } from './search-parameters.ts';
import { isSearchable } from './searchable.ts';

export interface Definitions {
  readonly resourceTypes: readonly string[];
  /** Every element of the resource and data types. */
  readonly elements: ElementTable;
  isServed(resourceType: string): boolean;
  searchParameters(resourceType: string): readonly CompiledSearchParameter[];
  /** Those that every type has, as any of them has them. */
  readonly commonParameters: readonly CompiledSearchParameter[];
  indexes(resourceType: string): readonly IndexDefinition[];
  /** The order of a type's searches; undefined: by `_id`. */
  defaultOrder(resourceType: string): DefaultOrder | undefined;
  /** The compartments of a resource: `Patient/<id>`, by the CompartmentDefinition and nothing else. */
  compartments(resourceType: string, id: string, entries: readonly IndexEntry[]): readonly string[];
  /** Whether a resource of the type can be in the compartment of a patient. */
  isInPatientCompartment(resourceType: string): boolean;
  readonly operations: readonly OperationDeclaration[];
  /** The operation of that code, without its `$`, on the system or on a type and its instances. */
  operation(code: string, resourceType: string | undefined): OperationDeclaration | undefined;
  /** Which elements of a type are in summaries, are modifiers, or must be there. */
  elementMarks(resourceType: string): ElementMarks;
  /** Names of the elements that hold a Reference's literal, a url, uri, oid or uuid. */
  readonly linkElements: ReadonlySet<string>;
  /** Changes whenever a search parameter does: stored search fields of another number are out of date. */
  readonly searchSchema: number;
}

/** @param root URL of the project's directory, with a slash at its end. @throws Error naming a broken declaration. */
export async function loadDefinitions(root: URL): Promise<Definitions> {
  const elements = await loadElements(root);
  const declared = await loadSearchParameters(root);
  const compartment = await loadPatientCompartment(root);
  const operations = loadOperations(root);
  const marks = loadElementMarks(root, elements);
  const searchable = declared.filter(isSearchable);
  const byType = compileByType(searchable, elements, declared);
  return {
    resourceTypes,
    elements,
    isServed: isResourceType,
    searchParameters: (resourceType) => byType.get(resourceType) ?? [],
    commonParameters: commonTo([...byType.values()]),
    indexes: indexesOf,
    defaultOrder: defaultOrderOf,
    compartments: (resourceType, id, entries) => {
      const members = patientsIn(entries, new Set(patientCompartmentCodes(resourceType, compartment)));
      return resourceType === 'Patient' ? [...new Set([`Patient/${id}`, ...members])] : members;
    },
    isInPatientCompartment: (resourceType) => patientCompartmentCodes(resourceType, compartment).length > 0,
    operations,
    operation: (code, resourceType) => findOperation(operations, code, resourceType),
    elementMarks: (resourceType) => marks.get(resourceType) ?? new Map(),
    linkElements: linkElementNames(elements),
    searchSchema: fingerprint(searchable),
  };
}

function compileByType(
  searchable: readonly SearchParameterDefinition[],
  elements: ElementTable,
  declared: readonly SearchParameterDefinition[],
): ReadonlyMap<string, readonly CompiledSearchParameter[]> {
  const definitions: SearchDefinitions = {
    elements,
    searchParameters: new Map(declared.map((definition) => [definition.url, asResource(definition)])),
  };
  return new Map(
    resourceTypes.map((resourceType) => [
      resourceType,
      searchParametersOf(resourceType, searchable).map((definition) =>
        compileSearchParameter(asResource(definition), resourceType, definitions),
      ),
    ]),
  );
}

const commonTo = ([first = [], ...others]: readonly (readonly CompiledSearchParameter[])[]) =>
  first.filter(({ url }) => others.every((parameters) => parameters.some((other) => other.url === url)));

/** The definitions are whole SearchParameter resources, of which `SearchParameterDefinition` names what we read. */
const asResource = (definition: SearchParameterDefinition): SearchParameter => definition as SearchParameter;

const PATIENT = /^Patient\/[^/]+$/;

function patientsIn(entries: readonly IndexEntry[], codes: ReadonlySet<string>): readonly string[] {
  const patients = new Set<string>();
  for (const { code, value } of entries) {
    if (value.type !== 'reference' || !codes.has(code)) continue;
    for (const key of value.keys) if (PATIENT.test(key)) patients.add(key);
  }
  return [...patients];
}

const LINK_TYPES = ['uri', 'url', 'oid', 'uuid'];

function linkElementNames(elements: ElementTable): ReadonlySet<string> {
  // `Reference.reference` is declared a string, but it is what most links are.
  const names = new Set(['reference']);
  for (const { path, types } of elements.values()) {
    const name = path.slice(path.lastIndexOf('.') + 1);
    for (const type of LINK_TYPES.filter((link) => types.includes(link))) {
      names.add(name.replace('[x]', type.charAt(0).toUpperCase() + type.slice(1)));
    }
  }
  return names;
}

function fingerprint(definitions: readonly SearchParameterDefinition[]): number {
  const text = definitions.map(({ url, code, type, base, expression }) =>
    [url, code, type, base, expression].join(' '),
  );
  return createHash('sha256').update(text.join('\n')).digest().readInt32BE(0);
}
