/** R4's own StructureDefinitions (FHIR R4, structuredefinition.html), each read when it is first asked for. */
import { existsSync } from 'node:fs';
import type { StructureDefinition } from '@medplum/fhirtypes';
import { readDeclaration } from './declaration-file.ts';

/** The definition of a resource or data type; undefined for one that is not here. */
export type StructureDefinitions = (type: string) => StructureDefinition | undefined;

/** @param root of the project, a `file:` URL that ends in `/`. Asking throws an Error that names a broken file. */
export function createStructureDefinitions(root: URL): StructureDefinitions {
  const read = new Map<string, StructureDefinition | undefined>();
  return (type) => {
    if (!/^[A-Za-z0-9]{1,64}$/.test(type)) return undefined;
    if (!read.has(type))
      read.set(type, readDefinition(new URL(`data/profiles/r4/structure-definitions/${type}.json`, root)));
    return read.get(type);
  };
}

const readDefinition = (file: URL): StructureDefinition | undefined =>
  existsSync(file) ? (readDeclaration(file) as StructureDefinition) : undefined;
