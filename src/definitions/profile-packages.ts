/** The packages of profiles that resources can be held to (FHIR R4, profiling.html), each a folder with a `package.json`. */
import { existsSync, readdirSync } from 'node:fs';
import type { StructureDefinition } from '@medplum/fhirtypes';
import { brokenDeclaration, isRecord, readDeclaration } from './declaration-file.ts';

export interface ProfilePackage {
  readonly name: string;
  readonly version: string;
  /** Versions of other packages, by name. */
  readonly dependencies: Readonly<Record<string, string>>;
  readonly definitions: readonly StructureDefinition[];
}

/** @param root of the project, a `file:` URL that ends in `/`. @throws Error naming a broken file */
export function loadProfilePackages(root: URL): readonly ProfilePackage[] {
  const folder = new URL('data/profiles/', root);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => new URL(`${name}/`, folder))
    .filter((directory) => existsSync(new URL('package.json', directory)))
    .map(loadPackage);
}

function loadPackage(directory: URL): ProfilePackage {
  const file = new URL('package.json', directory);
  const declared = readDeclaration(file);
  if (!isRecord(declared)) throw brokenDeclaration(file, 'is not a JSON object');
  const { name, version, dependencies = {} } = declared;
  if (typeof name !== 'string' || typeof version !== 'string')
    throw brokenDeclaration(file, 'has no name or no version');
  if (!isVersions(dependencies)) throw brokenDeclaration(file, 'has dependencies that are not versions by name');
  const names = readdirSync(directory).filter((entry) => entry.endsWith('.json') && entry !== 'package.json');
  return { name, version, dependencies, definitions: names.map((entry) => loadProfile(new URL(entry, directory))) };
}

const isVersions = (value: unknown): value is Readonly<Record<string, string>> =>
  isRecord(value) && Object.values(value).every((version) => typeof version === 'string');

function loadProfile(file: URL): StructureDefinition {
  const definition = readDeclaration(file);
  if (!isRecord(definition) || definition['resourceType'] !== 'StructureDefinition') {
    throw brokenDeclaration(file, 'is not a StructureDefinition');
  }
  if (typeof definition['url'] !== 'string' || !isRecord(definition['snapshot'])) {
    throw brokenDeclaration(file, 'has no url or no snapshot');
  }
  return definition as unknown as StructureDefinition;
}
