/** R4's own StructureDefinitions (FHIR R4, structuredefinition.html), each read when it is first asked for. */
import { readdirSync } from 'node:fs';
import type { StructureDefinition } from '@medplum/fhirtypes';
import { readDeclaration } from './declaration-file.ts';

/** The definition of a resource or data type; undefined for one that is not here. */
export type StructureDefinitions = (type: string) => StructureDefinition | undefined;

/** @param root of the project, a `file:` URL that ends in `/`. Asking throws an Error that names a broken file. */
export function createStructureDefinitions(root: URL): StructureDefinitions {
  const folder = new URL('data/profiles/r4/structure-definitions/', root);
  const types = new Set(readdirSync(folder).map((name) => name.replace(/\.json$/, '')));
  const read = new Map<string, StructureDefinition>();
  return (type) => {
    if (!types.has(type)) return undefined;
    const definition = read.get(type) ?? (readDeclaration(new URL(`${type}.json`, folder)) as StructureDefinition);
    read.set(type, definition);
    return definition;
  };
}
