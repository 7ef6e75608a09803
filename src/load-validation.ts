/** Everything that resources are validated by, as the operator wants it (docs/validation.md, docs/profiles.md). */
import { ConfigError } from './config.ts';
import type { Definitions } from './definitions/load.ts';
import { loadProfilePackages } from './definitions/profile-packages.ts';
import { loadQualityTables } from './definitions/quality-tables.ts';
import { createStructureDefinitions } from './definitions/structure-definitions.ts';
import { loadBaseValidation } from './structure-checks.ts';
import type { Terminology } from './terminology/terminology.ts';
import { createChildLookup } from './validation/fhirpath/children.ts';
import type { ValidationPolicy } from './validation/policy.ts';
import { createPolicyLayers } from './validation/policy-layers.ts';
import { createProfiles, type ProfileLookup } from './validation/profile/compiled-profiles.ts';
import { createProfileValidation } from './validation/profile/profile-validation.ts';
import { createQualityValidation } from './validation/quality/quality-validation.ts';
import { createBindingValidation } from './validation/type-bindings.ts';
import { createValidator, type Validate } from './validation/validate.ts';

export interface ValidationParts {
  readonly root: URL;
  readonly definitions: Pick<Definitions, 'elements'>;
  readonly terminology: Terminology;
  readonly policy: ValidationPolicy;
}

/** @throws Error where the project was not built; ConfigError where the policy names a profile that is not there */
export async function loadValidation({
  root,
  definitions: { elements },
  terminology,
  policy,
}: ValidationParts): Promise<Validate> {
  const definitionOf = createStructureDefinitions(root);
  const loaded = once(() => createProfiles({ packages: loadProfilePackages(root), elements, definitionOf }));
  for (const { canonical } of policy.profiles) refuseUnknown(canonical, loaded());
  const layers = createPolicyLayers({
    bindings: createBindingValidation(definitionOf, createChildLookup(elements)),
    profiles: once(() => createProfileValidation(loaded())),
    quality: createQualityValidation(loadQualityTables(root)),
    terminology,
    policy,
    now: Date.now,
  });
  return createValidator([await loadBaseValidation(root, { elements }), ...layers]);
}

/** Reading and compiling profiles takes a while, which a start without need of them is spared. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function refuseUnknown(canonical: string, profiles: ProfileLookup): void {
  if (profiles.find(canonical)) return;
  const known = profiles.list().map(({ url, version }) => `${url}|${version}`);
  throw new ConfigError(`JENNER_PROFILES names ${canonical}, which is not loaded. Here are:\n${known.join('\n')}`);
}
