/** Terminology made of resources, each compiled when it is first asked for (FHIR R4, terminology-module.html). */
import type { ConceptMap, ValueSet } from '@medplum/fhirtypes';
import { type Canonical, parseCanonical } from './canonical.ts';
import { createChecks } from './check.ts';
import { alternateCodes, compileCodeSystem } from './code-system.ts';
import { compileConceptMap } from './concept-map.ts';
import type {
  CompiledCodeSystem,
  CompiledConceptMap,
  CompiledValueSet,
  SystemCode,
  Terminology,
  TerminologyEntry,
  TerminologyResource,
} from './terminology.ts';
import { compileValueSet, isCircular, type ValueSetSurroundings } from './value-set.ts';

export function createTerminology(entries: readonly TerminologyEntry[]): Terminology {
  const systems = compileOnDemand(entries, 'CodeSystem', compileCodeSystem);
  const aliases = new Map(systems.entries.flatMap(({ url, aliases: others }) => others.map((other) => [other, url])));
  for (const { url } of systems.entries) aliases.delete(url);
  const systemUrl = (url: string): string => aliases.get(url) ?? url;
  const codeSystem = (canonical: string): CompiledCodeSystem | undefined => {
    const { url, version } = parseCanonical(canonical);
    return systems.find({ url: systemUrl(url), version });
  };
  const canonicalCode = ({ system, code }: SystemCode): SystemCode => ({
    system: systemUrl(system),
    code: codeSystem(system)?.concept(code)?.code ?? code,
  });
  const { valueSet, compileSupplied } = valueSetsOf(entries, { codeSystem, systemUrl });
  const conceptMap = (canonical: string): CompiledConceptMap | undefined => maps.find(parseCanonical(canonical));
  const compileMap = (resource: ConceptMap) => compileConceptMap(resource, { canonicalCode, conceptMap });
  const maps = compileOnDemand(entries, 'ConceptMap', compileMap);
  return {
    codeSystem,
    valueSet,
    conceptMap,
    conceptMaps: () => [...new Set(maps.entries.map(({ url }) => url))].flatMap((url) => conceptMap(url) ?? []),
    codeSystems: () => systems.entries,
    compileCodeSystem,
    compileValueSet: compileSupplied,
    compileConceptMap: compileMap,
    expansion: (canonical) => expansionOf(valueSet(canonical), codeSystem),
    below: (system, code) => related(codeSystem(system), code, 'descendants'),
    above: (system, code) => related(codeSystem(system), code, 'ancestors'),
    ...createChecks({ codeSystem, valueSet }),
  };
}

interface OnDemand<Value> {
  /** The named version, or the one in force. */
  find(canonical: Canonical): Value | undefined;
  readonly entries: readonly TerminologyEntry[];
}

function compileOnDemand<Resource extends TerminologyResource, Value>(
  all: readonly TerminologyEntry[],
  resourceType: Resource['resourceType'],
  compile: (resource: Resource) => Value,
): OnDemand<Value> {
  const entries = all.filter((entry) => entry.resourceType === resourceType);
  const byUrl = editionsByUrl(entries);
  const compiled = new Map<TerminologyEntry, Value>();
  return {
    entries,
    find({ url, version }) {
      const editions = byUrl.get(url);
      const entry = version === undefined ? editions?.[0] : editions?.find((edition) => edition.version === version);
      if (!entry) return undefined;
      const known = compiled.get(entry);
      if (known !== undefined) return known;
      // The type of an entry is the type of what it reads.
      const value = compile(entry.read() as Resource);
      compiled.set(entry, value);
      return value;
    },
  };
}

function editionsByUrl(entries: readonly TerminologyEntry[]): ReadonlyMap<string, readonly TerminologyEntry[]> {
  const byUrl = new Map<string, TerminologyEntry[]>();
  for (const entry of entries) {
    const editions = byUrl.get(entry.url);
    if (editions) editions.push(entry);
    else byUrl.set(entry.url, [entry]);
  }
  for (const editions of byUrl.values()) editions.sort(newestFirst);
  return byUrl;
}

/** Dates of FHIR sort as texts; versions tell editions of one day apart. */
function newestFirst(a: TerminologyEntry, b: TerminologyEntry): number {
  const [dateA, dateB] = [a.date ?? '', b.date ?? ''];
  if (dateA !== dateB) return dateA < dateB ? 1 : -1;
  return (b.version ?? '').localeCompare(a.version ?? '', 'en', NUMERIC);
}
const NUMERIC = { numeric: true } as const;

/** Value sets import each other, so that compiling one may compile others, and a circle must be noticed. */
function valueSetsOf(
  entries: readonly TerminologyEntry[],
  { codeSystem, systemUrl }: Pick<ValueSetSurroundings, 'codeSystem' | 'systemUrl'>,
): {
  readonly valueSet: (canonical: string) => CompiledValueSet | undefined;
  readonly compileSupplied: (resource: ValueSet) => CompiledValueSet;
} {
  const resources = compileOnDemand(entries, 'ValueSet', (resource: ValueSet) => resource);
  const compiled = new Map<ValueSet, CompiledValueSet>();
  const surroundings: ValueSetSurroundings = {
    codeSystem,
    systemUrl,
    valueSet(canonical, importing) {
      const resource = resources.find(parseCanonical(canonical));
      if (!resource) return undefined;
      const value = compiled.get(resource) ?? compileValueSet(resource, surroundings, importing);
      // What was compiled inside of a circle is not what it is by itself.
      if (importing.length === 0 || !isCircular(value)) compiled.set(resource, value);
      return value;
    },
  };
  // Only what is there is kept, so this is bounded by the value sets and their versions.
  const byCanonical = new Map<string, CompiledValueSet>();
  return {
    valueSet(canonical) {
      const known = byCanonical.get(canonical);
      if (known) return known;
      const found = surroundings.valueSet(canonical, []);
      if (found) byCanonical.set(canonical, found);
      return found;
    },
    compileSupplied: (resource) => compileValueSet(resource, surroundings),
  };
}

/** A search must find a code in each of its forms. */
function expansionOf(
  set: CompiledValueSet | undefined,
  codeSystem: (url: string) => CompiledCodeSystem | undefined,
): readonly SystemCode[] | undefined {
  const members = set?.members() ?? set?.knownMembers() ?? [];
  if (!set || (members.length === 0 && set.obstacles.length > 0)) return undefined;
  return members.flatMap(({ system, code }) => {
    const concept = codeSystem(system)?.concept(code);
    return [code, ...(concept ? alternateCodes(concept) : [])].map((form) => ({ system, code: form }));
  });
}

function related(
  system: CompiledCodeSystem | undefined,
  code: string,
  direction: 'descendants' | 'ancestors',
): readonly string[] | undefined {
  const concept = system?.concept(code);
  if (!system || !concept) return undefined;
  return [concept.code, ...system[direction](code)].flatMap((found) => {
    const known = system.concept(found);
    return [found, ...(known ? alternateCodes(known) : [])];
  });
}
