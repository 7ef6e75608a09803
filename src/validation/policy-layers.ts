/** The layers in which an operator has a say: codes, profiles and the registry's rules (docs/profiles.md). */
import type { JsonObject } from '../fhir/resource-content.ts';
import type { Terminology } from '../terminology/terminology.ts';
import type { Finding } from './finding.ts';
import { strictly, underAction, type ValidationPolicy } from './policy.ts';
import type { ValidateProfiles } from './profile/profile-validation.ts';
import type { ValidateQuality } from './quality/quality-validation.ts';
import type { ValidateBindings } from './type-bindings.ts';
import type { Validate, ValidationOptions } from './validate.ts';

export interface PolicyRules {
  readonly bindings: ValidateBindings;
  /** Loads and compiles profiles when the first resource needs them. */
  readonly profiles: () => ValidateProfiles;
  readonly quality: ValidateQuality;
  /** Answers with what is in force when it is asked. */
  readonly terminology: Terminology;
  readonly policy: ValidationPolicy;
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
}

/** In the order in which they run, after those that hold every resource to R4. */
export function createPolicyLayers(rules: PolicyRules): readonly Validate[] {
  const strict = strictly(rules.policy);
  const policyOf = ({ rigour }: ValidationOptions): ValidationPolicy => (rigour === 'strict' ? strict : rules.policy);
  return [
    (resource) => rules.bindings(resource, rules.terminology),
    (resource, options) => validateProfiles(rules, resource, { ...options, policy: policyOf(options) }),
    (resource, options) => validateQuality(rules, resource, policyOf(options)),
  ];
}

function validateProfiles(
  { profiles, terminology }: PolicyRules,
  resource: JsonObject,
  { profiles: asked = [], rigour, policy }: ValidationOptions & { readonly policy: ValidationPolicy },
): readonly Finding[] {
  const full = rigour === 'examine';
  const isOff = !full && asked.length === 0 && policy.profiles.length === 0 && policy.claimed === 'off';
  return isOff ? [] : profiles()(resource, { terminology, policy, asked, full });
}

function validateQuality(
  { quality, terminology, now }: PolicyRules,
  resource: JsonObject,
  { quality: action }: ValidationPolicy,
): readonly Finding[] {
  return action === 'off' ? [] : underAction(quality(resource, { terminology, now: now() }), action);
}
