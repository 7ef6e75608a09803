/** A ConceptMap resource as lookups, both ways (FHIR R4, conceptmap.html). */
import type { ConceptMap, ConceptMapGroup, ConceptMapGroupElement } from '@medplum/fhirtypes';
import type { CompiledConceptMap, SystemCode, Translation } from './terminology.ts';

export interface ConceptMapSurroundings {
  /** The code as its system writes it, under the URL that the system goes by here. */
  canonicalCode(code: SystemCode): SystemCode;
  conceptMap(canonical: string): CompiledConceptMap | undefined;
}

/** What holds of the target when it is looked at from the other side (concept-map-equivalence). */
const REVERSED: Readonly<Record<string, string>> = {
  wider: 'narrower',
  narrower: 'wider',
  subsumes: 'specializes',
  specializes: 'subsumes',
};

type Entries = ReadonlyMap<string, readonly Translation[]>;

const keyOf = ({ system, code }: SystemCode): string => `${system}|${code}`;

export function compileConceptMap(resource: ConceptMap, surroundings: ConceptMapSurroundings): CompiledConceptMap {
  const { url, version, group = [] } = resource;
  const { forward, backward } = index(group, url, surroundings);
  return {
    url,
    version,
    source: resource.sourceCanonical ?? resource.sourceUri,
    target: resource.targetCanonical ?? resource.targetUri,
    translate(from, reverse) {
      const code = surroundings.canonicalCode(from);
      const found = (reverse ? backward : forward).get(keyOf(code));
      if (found) return found;
      return reverse ? [] : group.flatMap((entry) => unmapped(entry, code, { url, surroundings }));
    },
  };
}

function index(
  groups: readonly ConceptMapGroup[],
  map: string | undefined,
  { canonicalCode }: ConceptMapSurroundings,
): { readonly forward: Entries; readonly backward: Entries } {
  const forward = new Map<string, Translation[]>();
  const backward = new Map<string, Translation[]>();
  for (const { source = '', target = '', element = [] } of groups) {
    for (const entry of element) {
      const from = canonicalCode({ system: source, code: entry.code ?? '' });
      for (const translation of translations(entry, target, map)) {
        push(forward, keyOf(from), translation);
        push(backward, keyOf(canonicalCode(translation)), reversed(from, entry, translation));
      }
    }
  }
  return { forward, backward };
}

function push(entries: Map<string, Translation[]>, key: string, translation: Translation): void {
  const list = entries.get(key);
  if (list) list.push(translation);
  else entries.set(key, [translation]);
}

/** Targets that hold only under a condition (`dependsOn`) are left out: conditions are not asked for. */
function translations(
  { target = [] }: ConceptMapGroupElement,
  system: string,
  map: string | undefined,
): readonly Translation[] {
  return target
    .filter(({ code, dependsOn }) => code !== undefined && dependsOn === undefined)
    .map(({ code = '', display, equivalence = 'equivalent', comment }) => ({
      system,
      code,
      ...(display === undefined ? {} : { display }),
      equivalence,
      ...(comment === undefined ? {} : { comment }),
      map,
    }));
}

const reversed = (
  from: SystemCode,
  { display }: ConceptMapGroupElement,
  { equivalence, comment, map }: Translation,
): Translation => ({
  ...from,
  ...(display === undefined ? {} : { display }),
  equivalence: REVERSED[equivalence] ?? equivalence,
  ...(comment === undefined ? {} : { comment }),
  map,
});

/** What a group says of a code that it does not list. */
function unmapped(
  { source, target = '', unmapped: rule }: ConceptMapGroup,
  from: SystemCode,
  { url, surroundings }: { readonly url: string | undefined; readonly surroundings: ConceptMapSurroundings },
): readonly Translation[] {
  if (!rule || source !== from.system) return [];
  switch (rule.mode) {
    case 'provided':
      return [{ system: target, code: from.code, equivalence: 'equal', map: url }];
    case 'fixed': {
      const display = rule.display === undefined ? {} : { display: rule.display };
      return [{ system: target, code: rule.code ?? '', ...display, equivalence: 'inexact', map: url }];
    }
    default: {
      const other = rule.url === undefined || rule.url === url ? undefined : surroundings.conceptMap(rule.url);
      return other?.translate(from, false) ?? [];
    }
  }
}
