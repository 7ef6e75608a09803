/** Resources held to the profiles that they claim, that are imposed on them, and that a client asks for (FHIR R4, profiling.html). */
import type { Terminology } from '../../terminology/terminology.ts';
import { resourceItem } from '../fhirpath/children.ts';
import type { Collection, Item } from '../fhirpath/collection.ts';
import type { Surroundings } from '../fhirpath/compile.ts';
import type { Finding } from '../finding.ts';
import { expressionOf, type Place } from '../place.ts';
import { type PolicyAction, underAction, type ValidationPolicy } from '../policy.ts';
import type { CompiledProfile, ProfileLookup } from './compiled-profiles.ts';
import { visitExtensions } from './extensions-within.ts';
import { type PlacedResource, resourcesWithin } from './resources-within.ts';
import { isMember } from './value-set-member.ts';

export interface ProfileRequest {
  readonly terminology: Terminology;
  readonly policy: ValidationPolicy;
  /** Canonical URLs that the resource itself is to be held to, whatever the policy says. */
  readonly asked: readonly string[];
  /** Whether errors stay errors where the policy only warns: for a client that asks what is wrong. */
  readonly full: boolean;
}

/** What is wrong with a resource, by profiles. It never throws, whatever JSON it is given. */
export type ValidateProfiles = (
  resource: Readonly<Record<string, unknown>>,
  request: ProfileRequest,
) => readonly Finding[];

export const createProfileValidation =
  (profiles: ProfileLookup): ValidateProfiles =>
  (resource, request) =>
    resourcesWithin(resource).flatMap((placed, index) =>
      validateOne(placed, profiles, index === 0 ? request : { ...request, asked: [] }),
    );

/** Id of the finding that a profile is not loaded: an error where it was asked for. */
export const UNKNOWN_PROFILE = 'profile-unknown';

/** A profile that a resource is held to, and what follows. */
interface Held {
  readonly canonical: string;
  readonly action: PolicyAction;
  readonly why: 'asked' | 'claimed' | 'imposed';
}

function validateOne(placed: PlacedResource, profiles: ProfileLookup, request: ProfileRequest): readonly Finding[] {
  const item = resourceItem(placed.resource);
  const around = surroundingsOf(item, placed, request.terminology);
  const applied: CompiledProfile[] = [];
  const findings = heldProfiles(placed, profiles, request).flatMap((held) => {
    const action = request.full ? 'enforce' : held.action;
    const profile = findProfile(held, profiles, request.policy);
    if (!profile) return [notLoaded(held, profiles, placed.place)];
    applied.push(profile);
    const found: Finding[] = wrongVersion(held, profile, placed.place);
    if (profile.type === placed.type)
      profile.check?.(item, placed.place, { around, terminology: request.terminology, found });
    else found.push(wrongType(profile, placed));
    return underAction(
      found.map((one) => named(one, profile)),
      action,
    );
  });
  const ofExtensions = validateExtensions(placed, { profiles, request, around, applied });
  return findings.length + ofExtensions.length > 1
    ? withoutRepeats([...findings, ...ofExtensions])
    : [...findings, ...ofExtensions];
}

function surroundingsOf(item: Item, { root }: PlacedResource, terminology: Terminology): Surroundings {
  const context: Collection = [item];
  return {
    resource: item,
    rootResource: item.value === root ? item : resourceItem(root),
    context,
    memberOf: (value, valueSet) => isMember(terminology, value, valueSet),
  };
}

/** Each profile once: what is asked for counts most, then what the operator says of it. */
function heldProfiles(
  { resource, type }: PlacedResource,
  profiles: ProfileLookup,
  request: ProfileRequest,
): readonly Held[] {
  const { policy, asked } = request;
  const held = new Map<string, Held>();
  const add = (one: Held): void => {
    if (!held.has(one.canonical)) held.set(one.canonical, one);
  };
  for (const canonical of asked) add({ canonical, action: 'enforce', why: 'asked' });
  for (const { canonical, action } of policy.profiles) {
    if (action !== 'off' && profiles.find(canonical)?.type === type) add({ canonical, action, why: 'imposed' });
  }
  for (const canonical of claimsOf(resource)) {
    const action = actionOf(canonical, policy);
    if (action !== 'off' || request.full) add({ canonical, action, why: 'claimed' });
  }
  return [...held.values()];
}

function claimsOf({ meta }: Readonly<Record<string, unknown>>): readonly string[] {
  const profile =
    typeof meta === 'object' && meta !== null ? (meta as { readonly profile?: unknown }).profile : undefined;
  return Array.isArray(profile) ? profile.filter((one): one is string => typeof one === 'string') : [];
}

/** What the policy says of that version, or of the profile in any version, or of claims. */
function actionOf(canonical: string, { profiles, claimed }: ValidationPolicy): PolicyAction {
  const url = urlOf(canonical);
  const exact = profiles.find((one) => one.canonical === canonical);
  const any = profiles.find((one) => one.canonical === url || (canonical === url && urlOf(one.canonical) === url));
  return (exact ?? any)?.action ?? claimed;
}

const urlOf = (canonical: string): string => canonical.split('|')[0] ?? canonical;
const versionOf = (canonical: string): string | undefined => canonical.split('|')[1] || undefined;

/** A plain canonical is the version that the policy names, else the newest; a version that is not loaded the next one. */
function findProfile(
  { canonical }: Held,
  profiles: ProfileLookup,
  policy: ValidationPolicy,
): CompiledProfile | undefined {
  const version = versionOf(canonical);
  if (version !== undefined) return profiles.find(canonical) ?? profiles.findNext(urlOf(canonical), version);
  const configured = policy.profiles.find((one) => urlOf(one.canonical) === canonical && versionOf(one.canonical));
  return profiles.find(configured?.canonical ?? canonical);
}

/** Nobody is refused for what this server does not know, but who asks for that profile has to be told. */
function notLoaded({ canonical, why }: Held, profiles: ProfileLookup, place: Place): Finding {
  const versions = profiles.versions(urlOf(canonical));
  const here = versions.length > 0 ? ` (here: ${versions.join(', ')})` : '';
  return {
    severity: why === 'asked' ? 'error' : 'information',
    code: why === 'asked' ? 'not-supported' : 'not-found',
    id: UNKNOWN_PROFILE,
    expression: `${expressionOf(place)}.meta.profile`,
    message: `The profile ${printable(canonical)} is not known to this server${here}; the resource was not held to it.`,
    layer: 'profile',
  };
}

const printable = (text: string): string => text.slice(0, 200).replace(/[^\x21-\x7e]/g, '?');

function wrongVersion({ canonical }: Held, { version }: CompiledProfile, place: Place): Finding[] {
  const wanted = versionOf(canonical);
  if (wanted === undefined || wanted === version) return [];
  const message = `Version ${printable(wanted)} is not known to this server; the resource was held to ${version}.`;
  const expression = `${expressionOf(place)}.meta.profile`;
  return [{ severity: 'information', code: 'not-found', id: 'profile-version', expression, message, layer: 'profile' }];
}

const wrongType = ({ type }: CompiledProfile, { place, type: own }: PlacedResource): Finding => ({
  severity: 'error',
  code: 'structure',
  id: 'profile-type',
  expression: expressionOf(place),
  message: `The profile is one of ${type}, and the resource is a ${own}.`,
  layer: 'profile',
});

/** With the profile that says so. */
const named = (finding: Finding, { title, version }: CompiledProfile): Finding => ({
  ...finding,
  message: `${finding.message} [${title} ${version}]`,
});

interface ExtensionValidation {
  readonly profiles: ProfileLookup;
  readonly request: ProfileRequest;
  readonly around: Surroundings;
  /** Profiles of the resource: their packages say which version of an extension is meant. */
  readonly applied: readonly CompiledProfile[];
}

/** An extension whose definition is loaded is held to it wherever it is (extensibility.html#Extension). */
function validateExtensions(placed: PlacedResource, validation: ExtensionValidation): readonly Finding[] {
  const { profiles, request, around, applied } = validation;
  const findings: Finding[] = [];
  visitExtensions(placed.resource, placed.place, (extension, url, place) => {
    const profile = profiles.find(url, applied[0]?.package);
    const action = profile && actionOf(url, request.policy);
    if (profile?.type !== 'Extension' || !action || (action === 'off' && !request.full)) return;
    const found: Finding[] = [];
    profile.check?.(extension, place, { around, terminology: request.terminology, found });
    findings.push(
      ...underAction(
        found.map((one) => named(one, profile)),
        request.full ? 'enforce' : action,
      ),
    );
  });
  return findings;
}

/** Profiles repeat each other: the same rule at the same element is told once, as gravely as one of them says. */
function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const kept = new Map<string, Finding>();
  for (const finding of findings) {
    const key = [finding.expression, finding.id, finding.message.replace(/ \[[^[\]]*\]$/, '')].join('\n');
    const before = kept.get(key);
    if (!before || (before.severity !== 'error' && finding.severity === 'error')) kept.set(key, finding);
  }
  return [...kept.values()];
}
