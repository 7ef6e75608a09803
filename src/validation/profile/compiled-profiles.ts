/** The profiles that are loaded, by canonical URL and version, each compiled when it is first needed (FHIR R4, profiling.html). */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import type { ProfilePackage } from '../../definitions/profile-packages.ts';
import type { ElementRows } from '../fhirpath/children.ts';
import { createScope } from '../fhirpath/compile.ts';
import { compileItem } from './compile-element.ts';
import { buildElementTree, type ElementNode } from './element-tree.ts';
import {
  createInheritedElements,
  type DefinitionOfType,
  isNoBoolean,
  type ProfileScope,
  referredElement,
} from './profile-scope.ts';
import type { ItemCheck } from './run.ts';
import { newestOf, nextVersion } from './version.ts';

export interface CompiledProfile {
  readonly url: string;
  readonly version: string;
  readonly title: string;
  /** Type of what it constrains: a resource type, or `Extension` and other data types. */
  readonly type: string;
  readonly package: ProfilePackage;
  /** Undefined where it says nothing more than R4. */
  readonly check: ItemCheck | undefined;
  /** What of it is not checked, in words. */
  readonly unchecked: readonly string[];
}

export interface ProfileLookup {
  /**
   * The profile of a canonical URL, with a version after `|` where one is wanted. Without one: the version of the package
   * that asks or of those that it depends on, else the newest.
   */
  find(canonical: string, from?: ProfilePackage): CompiledProfile | undefined;
  /** The version after one that is not loaded, else the newest. */
  findNext(url: string, version: string): CompiledProfile | undefined;
  /** Versions that are loaded, newest first. */
  versions(url: string): readonly string[];
  list(): readonly CompiledProfile[];
}

export interface ProfileSources {
  readonly packages: readonly ProfilePackage[];
  readonly elements: ElementRows;
  readonly definitionOf: DefinitionOfType;
}

interface LoadedProfile {
  readonly definition: StructureDefinition;
  readonly package: ProfilePackage;
  compiled?: CompiledProfile;
}

export function createProfiles({ packages, elements, definitionOf }: ProfileSources): ProfileLookup {
  const loaded = packages.flatMap((from) =>
    from.definitions.map((definition): LoadedProfile => ({ definition, package: from })),
  );
  const inherited = createInheritedElements(definitionOf);
  const paths = createScope(elements);
  const findLoaded = rememberingChoices(loaded);
  const compile = (profile: LoadedProfile): CompiledProfile => {
    profile.compiled ??= compileProfile(profile, { findLoaded, compile, inherited, paths });
    return profile.compiled;
  };
  const versions = (url: string) =>
    newestFirst(loaded.filter(({ definition }) => definition.url === url)).map(versionOf);
  return {
    find: (canonical, from) => {
      const found = findLoaded(canonical, from);
      return found && compile(found);
    },
    findNext: (url, version) => {
      const next = nextVersion(versions(url), version);
      const found = next === undefined ? undefined : findLoaded(`${url}|${next}`);
      return found && compile(found);
    },
    versions,
    list: () => loaded.map(compile),
  };
}

const versionOf = ({ definition, package: from }: LoadedProfile): string => definition.version ?? from.version;

const newestFirst = (profiles: readonly LoadedProfile[]): readonly LoadedProfile[] =>
  profiles.toSorted((one, other) => newestOf(versionOf(one), versionOf(other)));

type FindLoaded = (canonical: string, from?: ProfilePackage) => LoadedProfile | undefined;

/** Content names canonicals, so only those that lead to a profile are remembered. */
function rememberingChoices(loaded: readonly LoadedProfile[]): FindLoaded {
  const choices = new Map<ProfilePackage | undefined, Map<string, LoadedProfile>>();
  return (canonical, from) => {
    const known = choices.get(from)?.get(canonical);
    if (known) return known;
    const chosen = choose(loaded, canonical, from);
    if (chosen) choices.set(from, (choices.get(from) ?? new Map<string, LoadedProfile>()).set(canonical, chosen));
    return chosen;
  };
}

function choose(loaded: readonly LoadedProfile[], canonical: string, from?: ProfilePackage): LoadedProfile | undefined {
  const bar = canonical.indexOf('|');
  const url = bar < 0 ? canonical : canonical.slice(0, bar);
  const version = bar < 0 ? '' : canonical.slice(bar + 1);
  const candidates = newestFirst(loaded.filter(({ definition }) => definition.url === url));
  if (version) return candidates.find((one) => versionOf(one) === version);
  return (from && preferred(candidates, from)) ?? candidates[0];
}

/** Of the same package, or of the version that it was written against, or the next one that is loaded. */
function preferred(candidates: readonly LoadedProfile[], from: ProfilePackage): LoadedProfile | undefined {
  const own = candidates.find((one) => one.package === from);
  if (own) return own;
  const asked = candidates.map((one) => from.dependencies[one.package.name]).find((version) => version !== undefined);
  if (asked === undefined) return undefined;
  const version = nextVersion(
    candidates.map((one) => one.package.version),
    asked,
  );
  return candidates.find((one) => one.package.version === version);
}

interface Compilation {
  readonly findLoaded: FindLoaded;
  readonly compile: (profile: LoadedProfile) => CompiledProfile;
  readonly inherited: ReturnType<typeof createInheritedElements>;
  readonly paths: ProfileScope['paths'];
}

function compileProfile(profile: LoadedProfile, compilation: Compilation): CompiledProfile {
  const { definition, package: from } = profile;
  const unchecked: string[] = [];
  const scope = scopeOf(profile, compilation, (what) => unchecked.push(what));
  return {
    url: definition.url ?? '',
    version: versionOf(profile),
    title: definition.title ?? definition.name ?? definition.url ?? '',
    type: definition.type ?? '',
    package: from,
    check: compileItem(buildElementTree(definition), scope),
    unchecked,
  };
}

const CORE = 'http://hl7.org/fhir/StructureDefinition/';

function scopeOf(profile: LoadedProfile, compilation: Compilation, note: (what: string) => void): ProfileScope {
  const { definition, package: from } = profile;
  const { findLoaded, compile, inherited, paths } = compilation;
  const tree = (canonical: string): ElementNode | undefined => {
    const found = findLoaded(canonical, from);
    return found && buildElementTree(found.definition);
  };
  const scope: ProfileScope = {
    paths,
    inherited: inherited.element,
    isInheritedConstraint: (element, { key = '' }) => inherited.hasConstraint(element, key),
    isNoBoolean: (element, child) => isNoBoolean(inherited, element, child),
    typeOfProfile: (canonical) => findLoaded(canonical, from)?.definition.type ?? coreType(canonical),
    isLoaded: (canonical) => findLoaded(canonical, from) !== undefined,
    profile: (canonical) => () => {
      const found = findLoaded(canonical, from);
      return found && compile(found).check;
    },
    tree,
    contentReference: ({ contentReference }) => referredElement(definition, contentReference),
    note,
    inSlice: (owner) => inSlice(scope, owner),
  };
  return scope;
}

/** `http://hl7.org/fhir/StructureDefinition/Patient` is the type itself. */
function coreType(canonical: string): string | undefined {
  const [url = ''] = canonical.split('|');
  const name = url.startsWith(CORE) ? url.slice(CORE.length) : '';
  return /^[A-Z]\w+$/.test(name) ? name : undefined;
}

/** What the sliced element says of every item is checked there. */
function inSlice(scope: ProfileScope, owner: ElementDefinition): ProfileScope {
  const isSliced = ({ path }: ElementDefinition): boolean => path === owner.path;
  return {
    ...scope,
    inherited: (definition) => (isSliced(definition) ? owner : scope.inherited(definition)),
    isInheritedConstraint: (definition, constraint) =>
      scope.isInheritedConstraint(definition, constraint) ||
      (isSliced(definition) && (owner.constraint ?? []).some(({ key }) => key === constraint.key)),
  };
}
