/**
 * All layers of validation over one resource (FHIR R4, validation.html): structure first, then codes, profiles and the
 * registry's rules. A write is judged, a client that asks is told everything.
 */
import type { JsonObject } from '../fhir/resource-content.ts';
import type { Terminology } from '../terminology/terminology.ts';
import { type Finding, isError } from './finding.ts';
import { underAction, type ValidationPolicy } from './policy.ts';
import type { ValidateProfiles } from './profile/profile-validation.ts';
import type { ValidateQuality } from './quality/quality-validation.ts';
import type { ValidateBindings } from './type-bindings.ts';
import type { Validate } from './validate.ts';

export interface ValidationLayers {
  readonly structure: Validate;
  readonly bindings: ValidateBindings;
  readonly profiles: ValidateProfiles;
  readonly quality: ValidateQuality;
}

export interface ValidationRequest {
  readonly terminology: Terminology;
  readonly policy: ValidationPolicy;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface ContentValidation {
  /** What decides about a write: errors refuse it, warnings are told. Only where there is an error is all of it looked for. */
  judge(resource: JsonObject, request: ValidationRequest): readonly Finding[];
  /** Everything that can be said, also what the policy would let pass; `asked`: canonicals of profiles to hold it to. */
  examine(resource: JsonObject, request: ValidationRequest & { readonly asked: readonly string[] }): readonly Finding[];
}

export const createContentValidation = (layers: ValidationLayers): ContentValidation => ({
  judge: (resource, request) => judge(layers, resource, request),
  examine: (resource, { asked, ...request }) => [
    ...layers.structure(resource, { mode: 'full' }),
    ...layers.bindings(resource, request.terminology),
    ...layers.profiles(resource, { ...request, asked, full: true }),
    ...qualityFindings(layers, resource, request),
  ],
});

function judge(layers: ValidationLayers, resource: JsonObject, request: ValidationRequest): readonly Finding[] {
  const quick = layers.structure(resource, { mode: 'bulk' });
  const structure = quick.some(isError) ? layers.structure(resource, { mode: 'full' }) : quick;
  const { profiles, claimed } = request.policy;
  const areProfilesOff = profiles.length === 0 && claimed === 'off';
  return [
    ...structure,
    ...layers.bindings(resource, request.terminology),
    ...(areProfilesOff ? [] : layers.profiles(resource, { ...request, asked: [], full: false })),
    ...qualityFindings(layers, resource, request),
  ];
}

function qualityFindings(
  { quality }: ValidationLayers,
  resource: JsonObject,
  { policy, terminology, now }: ValidationRequest,
): readonly Finding[] {
  return policy.quality === 'off' ? [] : underAction(quality(resource, { terminology, now }), policy.quality);
}
