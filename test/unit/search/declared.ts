/** The declared elements and search parameters, compiled for a resource type as the server does. */
import { readdirSync, readFileSync } from 'node:fs';
import type { SearchParameter } from '@medplum/fhirtypes';
import { compileSearchParameter, type SearchDefinitions } from '../../../src/search/compile.ts';
import { type ElementRow, toElementTable } from '../../../src/search/element-table.ts';
import type { CompiledSearchParameter } from '../../../src/search/parameter.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

export const elements = toElementTable(read('data/profiles/r4/elements.json') as readonly ElementRow[]);

const files = readdirSync(new URL('search-params/', root))
  .filter((name) => name.endsWith('.json'))
  .map((name) => read(`search-params/${name}`) as SearchParameter);
const replaced: ReadonlySet<string | undefined> = new Set(files.map(({ derivedFrom }) => derivedFrom));

/** HL7's definitions and ours; of two with one derived from the other, the derived one. */
const declared: readonly SearchParameter[] = files.filter(({ url }) => !replaced.has(url));

export const definitions: SearchDefinitions = {
  elements,
  searchParameters: new Map(files.map((definition) => [definition.url, definition])),
};

/** Resource types of the element table. */
export const resourceTypes: readonly string[] = [...elements.keys()]
  .filter((path) => /^[A-Za-z]+\.meta$/.test(path))
  .map((path) => path.slice(0, -'.meta'.length))
  .filter((type) => type !== 'Resource' && type !== 'DomainResource');

const basesOf = (definition: SearchParameter): readonly string[] => definition.base as readonly string[];

/** The definitions for a type, its own and those of every resource. */
export const declaredFor = (resourceType: string): readonly SearchParameter[] =>
  declared.filter((definition) => basesOf(definition).some((base) => base === resourceType || base === 'Resource'));

/** Whether HL7 gives the parameter an expression that is matched as its type says. */
export const isExpressed = ({ expression, type, xpathUsage }: SearchParameter): boolean =>
  expression !== undefined && type !== 'special' && (xpathUsage ?? 'normal') === 'normal';

/** HL7's R4 definition swaps the elements of its two components, so that it can't be compiled. */
export const BROKEN_DEFINITION = 'http://hl7.org/fhir/SearchParameter/DocumentReference-relationship';

export const compiledFor = (resourceType: string): readonly CompiledSearchParameter[] =>
  declaredFor(resourceType)
    .filter(isExpressed)
    .map((definition) => compileSearchParameter(definition, resourceType, definitions));
