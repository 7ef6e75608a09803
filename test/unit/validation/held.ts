/** What the tests of profiles hold resources to: the packages, definitions and code sets that come with the server. */
import { readdirSync, readFileSync } from 'node:fs';
import { loadCodeSets } from '../../../src/definitions/code-sets.ts';
import { loadElements } from '../../../src/definitions/elements.ts';
import { loadProfilePackages } from '../../../src/definitions/profile-packages.ts';
import { createStructureDefinitions } from '../../../src/definitions/structure-definitions.ts';
import { projectRoot } from '../../../src/project-root.ts';
import { createTerminology } from '../../../src/terminology/compiled-terminology.ts';
import type { Finding } from '../../../src/validation/finding.ts';
import { DEFAULT_POLICY } from '../../../src/validation/policy.ts';
import { createProfiles } from '../../../src/validation/profile/compiled-profiles.ts';
import { createProfileValidation } from '../../../src/validation/profile/profile-validation.ts';
import type { Json } from './mutations.ts';

export const root = projectRoot();
export const elements = await loadElements(root);
export const definitionOf = createStructureDefinitions(root);
export const terminology = createTerminology(loadCodeSets(root));
export const profiles = createProfiles({ packages: loadProfilePackages(root), elements, definitionOf });
const validate = createProfileValidation(profiles);

/** Everything that the profiles asked for, and those that the resource claims, say of it. */
export const held = (resource: Json, ...asked: readonly string[]): readonly Finding[] =>
  validate(resource, { terminology, policy: DEFAULT_POLICY, asked, full: true });

export const errorsOf = (resource: Json, ...asked: readonly string[]): readonly Finding[] =>
  held(resource, ...asked).filter(({ severity }) => severity === 'error');

export const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition/';
export const IMMDS = 'http://hl7.org/fhir/us/immds/StructureDefinition/';

/** The JSON files of a folder of fixtures, by name. */
export function fixtures(folder: string): ReadonlyMap<string, Json> {
  const directory = new URL(`test/fixtures/${folder}/`, root);
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'));
  return new Map(names.map((name) => [name, JSON.parse(readFileSync(new URL(name, directory), 'utf8')) as Json]));
}

/** The same resource without claims of its own. */
export function unclaimed(resource: Json): Json {
  const { meta, ...rest } = resource;
  return rest;
}
