/** A ValueSet resource as lookups (FHIR R4, valueset.html#compositions). */
import type { ValueSet, ValueSetComposeInclude, ValueSetExpansionContains } from '@medplum/fhirtypes';
import { toDesignation } from './code-system.ts';
import { type CompiledFilter, type ConceptTest, compileFilter } from './filter.ts';
import { mayBeNew } from './growing-systems.ts';
import { difference, intersection, type Selection, union, unknowable } from './selection.ts';
import type { CompiledCodeSystem, CompiledValueSet, Concept, Member } from './terminology.ts';

/** What a value set is made from. */
export interface ValueSetSurroundings {
  /** Also by an old URL of the system. */
  codeSystem(canonical: string): CompiledCodeSystem | undefined;
  /** The URL that a system goes by here. */
  systemUrl(url: string): string;
  /** @param importing the value sets that are being compiled, so that a circle is noticed */
  valueSet(canonical: string, importing: readonly string[]): CompiledValueSet | undefined;
}

export function compileValueSet(
  resource: ValueSet,
  surroundings: ValueSetSurroundings,
  importing: readonly string[] = [],
): CompiledValueSet {
  const { url, version, name, title } = resource;
  const path = url === undefined ? importing : [...importing, url];
  const selection = select(resource, surroundings, path);
  return { definition: resource, url, version, name, title, ...lookupsOf(selection, surroundings) };
}

function lookupsOf(
  selection: Selection,
  { systemUrl, codeSystem }: ValueSetSurroundings,
): Pick<CompiledValueSet, 'contains' | 'member' | 'members' | 'knownMembers' | 'obstacles'> {
  let listed: { readonly members: readonly Member[] | undefined } | undefined;
  const members = () => {
    listed ??= { members: selection.list() };
    return listed.members;
  };
  let index: MemberIndex | undefined;
  const lookup = () => {
    index ??= indexMembers(members() ?? selection.known());
    return index;
  };
  const find = (system: string | undefined, code: string): Member | undefined =>
    system === undefined ? lookup().anySystem.get(code) : lookup().bySystem.get(systemUrl(system))?.get(code);
  return {
    obstacles: selection.obstacles,
    members,
    knownMembers: () => members() ?? selection.known(),
    // Most codes are in their value set: those are found at once, the others are judged.
    contains: (system, code) =>
      find(system, code) ? 'in' : selection.membership(system === undefined ? undefined : systemUrl(system), code),
    member(system, code) {
      const own = find(system, code);
      if (own || system === undefined) return own;
      const other = codeSystem(system)?.concept(code)?.code;
      return other === undefined ? undefined : find(system, other);
    },
  };
}

interface MemberIndex {
  readonly bySystem: ReadonlyMap<string, ReadonlyMap<string, Member>>;
  /** By code alone: the first of that code. */
  readonly anySystem: ReadonlyMap<string, Member>;
}

function indexMembers(members: readonly Member[]): MemberIndex {
  const bySystem = new Map<string, Map<string, Member>>();
  const anySystem = new Map<string, Member>();
  for (const member of members) {
    if (!anySystem.has(member.code)) anySystem.set(member.code, member);
    const codes = bySystem.get(member.system) ?? new Map<string, Member>();
    bySystem.set(member.system, codes.set(member.code, member));
  }
  return { bySystem, anySystem };
}

function select(resource: ValueSet, surroundings: ValueSetSurroundings, path: readonly string[]): Selection {
  const { compose, expansion } = resource;
  if (!compose) return expansion ? ofMembers(expansionMembers(expansion.contains ?? []), surroundings) : union([]);
  const included = union((compose.include ?? []).map((include) => ofInclude(include, surroundings, path)));
  const active = compose.inactive === false ? onlyActive(included) : included;
  const excluded = (compose.exclude ?? []).map((exclude) => ofInclude(exclude, surroundings, path));
  return excluded.length === 0 ? active : difference(active, union(excluded));
}

/** Of an expansion that came without its definition. */
function expansionMembers(contains: readonly ValueSetExpansionContains[]): readonly Member[] {
  return contains.flatMap(({ system, code, display, inactive, abstract, designation, contains: nested }) => [
    ...(system === undefined || code === undefined
      ? []
      : [
          {
            system,
            code,
            ...(display === undefined ? {} : { display }),
            inactive: inactive === true,
            abstract: abstract === true,
            designations: (designation ?? []).map(toDesignation),
          },
        ]),
    ...expansionMembers(nested ?? []),
  ]);
}

function ofInclude(
  include: ValueSetComposeInclude,
  surroundings: ValueSetSurroundings,
  path: readonly string[],
): Selection {
  const imports = (include.valueSet ?? []).map((canonical) => ofImport(canonical, surroundings, path));
  if (include.system === undefined) return intersection(imports);
  return intersection([ofSystem(include, surroundings), ...imports]);
}

const CIRCLE = 'is made of itself.';

/** Whether a circle of imports was cut. */
export const isCircular = ({ obstacles }: CompiledValueSet): boolean =>
  obstacles.some((obstacle) => obstacle.endsWith(CIRCLE));

function ofImport(canonical: string, surroundings: ValueSetSurroundings, path: readonly string[]): Selection {
  const [url = canonical] = canonical.split('|');
  if (path.includes(url)) return unknowable(`The value set ${url} ${CIRCLE}`);
  const imported = surroundings.valueSet(canonical, path);
  if (!imported) return unknowable(`The value set ${canonical} is not here.`);
  return {
    membership: imported.contains,
    list: imported.members,
    known: imported.knownMembers,
    obstacles: imported.obstacles,
  };
}

function ofSystem(include: ValueSetComposeInclude, surroundings: ValueSetSurroundings): Selection {
  const { system = '', version, concept, filter = [] } = include;
  const url = surroundings.systemUrl(system);
  const codeSystem = surroundings.codeSystem(version === undefined ? system : `${system}|${version}`);
  if (concept && concept.length > 0) return ofMembers(listedMembers(url, concept, codeSystem), surroundings);
  if (!codeSystem) return unknowable(`The code system ${url}${version ? `|${version}` : ''} is not here.`, url);
  const filters = filter.map((entry) => compileFilter(entry, codeSystem));
  const obstacle = filters.find((entry) => 'obstacle' in entry);
  return obstacle ? unknowable(obstacle.obstacle, url) : ofConcepts(codeSystem, testsOf(filters));
}

const testsOf = (filters: readonly CompiledFilter[]): readonly ConceptTest[] =>
  filters.flatMap((entry) => ('test' in entry ? [entry.test] : []));

/** What the system says of each code holds, unless the value set says something else. */
function listedMembers(
  system: string,
  listed: NonNullable<ValueSetComposeInclude['concept']>,
  codeSystem: CompiledCodeSystem | undefined,
): readonly Member[] {
  return listed.map(({ code = '', display, designation }) => {
    const concept = codeSystem?.concept(code);
    const known = concept
      ? toMember(system, concept)
      : { system, code, inactive: false, abstract: false, designations: [] };
    return {
      ...known,
      ...(display === undefined ? {} : { display }),
      designations: [...(designation ?? []).map(toDesignation), ...known.designations],
    };
  });
}

const toMember = (system: string, { code, display, inactive, abstract, designations }: Concept): Member => ({
  system,
  code,
  ...(display === undefined ? {} : { display }),
  inactive,
  abstract,
  designations,
});

function ofMembers(members: readonly Member[], { codeSystem }: ValueSetSurroundings): Selection {
  const { bySystem, anySystem } = indexMembers(members);
  const has = (system: string, code: string): boolean => {
    const codes = bySystem.get(system);
    return codes !== undefined && (codes.has(code) || codes.has(codeSystem(system)?.concept(code)?.code ?? code));
  };
  return {
    membership: (system, code) => ((system === undefined ? anySystem.has(code) : has(system, code)) ? 'in' : 'out'),
    list: () => members,
    known: () => members,
    obstacles: [],
  };
}

/** All concepts of a system that pass every test. */
function ofConcepts(codeSystem: CompiledCodeSystem, tests: readonly ConceptTest[]): Selection {
  const { url, isComplete } = codeSystem;
  const passes = (concept: Concept) => tests.every((test) => test(concept));
  const known = () => [...codeSystem.concepts()].filter(passes).map((concept) => toMember(url, concept));
  return {
    membership(system, code) {
      if (system !== undefined && system !== url) return 'out';
      const concept = codeSystem.concept(code);
      if (concept) return passes(concept) ? 'in' : 'out';
      return mayBeNew(codeSystem, code) ? 'undecided' : 'out';
    },
    list: () => (isComplete ? known() : undefined),
    known,
    obstacles: isComplete ? [] : [`Only a part of the code system ${url} is here.`],
  };
}

/** `compose.inactive`: false leaves out what is not for new records. */
function onlyActive(selection: Selection): Selection {
  const active = (members: readonly Member[]) => members.filter((member) => !member.inactive);
  const inactive = new Set(
    selection
      .known()
      .filter((member) => member.inactive)
      .map(({ system, code }) => `${system}|${code}`),
  );
  return {
    membership: (system, code) => (inactive.has(`${system}|${code}`) ? 'out' : selection.membership(system, code)),
    list: () => {
      const all = selection.list();
      return all && active(all);
    },
    known: () => active(selection.known()),
    obstacles: selection.obstacles,
  };
}
