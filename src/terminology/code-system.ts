/** A CodeSystem resource as lookups (FHIR R4, codesystem.html). */
import type { CodeSystem, CodeSystemConcept, CodeSystemConceptProperty } from '@medplum/fhirtypes';
import { createHierarchy, type Hierarchy, type HierarchyBuilder, reach } from './hierarchy.ts';
import type { CompiledCodeSystem, Concept, ConceptProperty, Designation, Subsumption } from './terminology.ts';

/** Property of our code systems: another form in which the same code is written. */
export const ALTERNATE_CODE = 'alternateCode';

/** Values of a `status` property that say that a code is not for new records. */
const INACTIVE_STATUS: ReadonlySet<unknown> = new Set(['inactive', 'retired', 'never active', 'deprecated']);

export function compileCodeSystem(resource: CodeSystem): CompiledCodeSystem {
  const keyOf = resource.caseSensitive === false ? (code: string) => code.toLowerCase() : (code: string) => code;
  const hierarchy = createHierarchy();
  const flat = flatten(resource.concept ?? [], hierarchy);
  const concepts = new Map(flat.map((concept) => [keyOf(concept.code ?? ''), toConcept(concept, hierarchy)]));
  const alternates = alternatesOf(concepts.values(), keyOf);
  const concept = (code: string): Concept | undefined => {
    const key = keyOf(code);
    return concepts.get(key) ?? alternates.get(key);
  };
  return {
    url: resource.url ?? '',
    version: resource.version,
    name: resource.name,
    title: resource.title,
    date: resource.date,
    isComplete: resource.content === 'complete',
    size: concepts.size,
    concept,
    concepts: () => concepts.values(),
    ...relationsOf(concept, hierarchy),
  };
}

/** Every concept, parents before their children, with what is nested entered into the hierarchy. */
function flatten(roots: readonly CodeSystemConcept[], hierarchy: HierarchyBuilder): readonly CodeSystemConcept[] {
  const found: CodeSystemConcept[] = [];
  const pending = [...roots].reverse();
  for (let concept = pending.pop(); concept; concept = pending.pop()) {
    found.push(concept);
    const { concept: nested = [] } = concept;
    relate(concept, hierarchy);
    pending.push(...[...nested].reverse());
  }
  return found;
}

/** Nesting says the same as a property `parent` or `child`. */
function relate({ code = '', concept: nested = [], property = [] }: CodeSystemConcept, to: HierarchyBuilder): void {
  for (const child of nested) to.add(code, child.code ?? '');
  for (const { code: name, valueCode } of property) {
    if (valueCode === undefined) continue;
    if (name === 'parent' || name === 'subsumedBy') to.add(valueCode, code);
    if (name === 'child') to.add(code, valueCode);
  }
}

function toConcept(concept: CodeSystemConcept, { parents, children }: Hierarchy): Concept {
  const { code = '', display, definition } = concept;
  const properties = (concept.property ?? []).flatMap(toProperty);
  return {
    code,
    ...(display === undefined ? {} : { display }),
    ...(definition === undefined ? {} : { definition }),
    designations: (concept.designation ?? []).map(toDesignation),
    properties,
    inactive: properties.some(saysInactive),
    abstract: properties.some(({ code: name, value }) => /^(notSelectable|abstract)$/.test(name) && value === true),
    parents: parents.get(code) ?? [],
    children: children.get(code) ?? [],
  };
}

export const toDesignation = (designation: {
  readonly language?: string;
  readonly use?: Designation['use'];
  readonly value?: string;
}): Designation => ({
  ...(designation.language === undefined ? {} : { language: designation.language }),
  ...(designation.use === undefined ? {} : { use: designation.use }),
  value: designation.value ?? '',
});

const VALUE_TYPES = [
  'valueCode',
  'valueCoding',
  'valueString',
  'valueInteger',
  'valueBoolean',
  'valueDateTime',
  'valueDecimal',
] as const satisfies readonly (keyof CodeSystemConceptProperty)[];

function toProperty(property: CodeSystemConceptProperty): readonly ConceptProperty[] {
  const type = VALUE_TYPES.find((name) => property[name] !== undefined);
  const value = type && property[type];
  return type === undefined || value === undefined ? [] : [{ code: property.code ?? '', type, value }];
}

/** `inactive` says it outright; `status` is how CDC and HL7's tables say it (concept-properties). */
function saysInactive({ code, value }: ConceptProperty): boolean {
  if (code === 'inactive') return value === true;
  return code === 'status' && typeof value === 'string' && INACTIVE_STATUS.has(value.toLowerCase());
}

function alternatesOf(concepts: Iterable<Concept>, keyOf: (code: string) => string): ReadonlyMap<string, Concept> {
  const alternates = new Map<string, Concept>();
  for (const concept of concepts) for (const code of alternateCodes(concept)) alternates.set(keyOf(code), concept);
  return alternates;
}

/** The other forms in which the code is written. */
export const alternateCodes = ({ properties }: Concept): readonly string[] =>
  properties.flatMap(({ code, value }) => (code === ALTERNATE_CODE && typeof value === 'string' ? [value] : []));

function relationsOf(
  find: CompiledCodeSystem['concept'],
  { parents, children }: Hierarchy,
): Pick<CompiledCodeSystem, 'subsumes' | 'descendants' | 'ancestors'> {
  const descendants = remembering((code: string) => reach(children, code));
  const ancestors = remembering((code: string) => reach(parents, code));
  const subsumes = (codeA: string, codeB: string): Subsumption | undefined => {
    const [a, b] = [find(codeA)?.code, find(codeB)?.code];
    if (a === undefined || b === undefined) return undefined;
    if (a === b) return 'equivalent';
    if (descendants(a).has(b)) return 'subsumes';
    return descendants(b).has(a) ? 'subsumed-by' : 'not-subsumed';
  };
  const known =
    (related: (code: string) => ReadonlySet<string>) =>
    (code: string): ReadonlySet<string> => {
      const concept = find(code);
      return concept ? related(concept.code) : NOTHING;
    };
  return { subsumes, descendants: known(descendants), ancestors: known(ancestors) };
}

const NOTHING: ReadonlySet<string> = new Set();

/** Answers that stay the same are worked out once; it is asked for codes of the system only, so what it keeps is bounded. */
function remembering<Answer>(work: (code: string) => Answer): (code: string) => Answer {
  const known = new Map<string, Answer>();
  return (code) => {
    const answer = known.get(code) ?? work(code);
    known.set(code, answer);
    return answer;
  };
}
