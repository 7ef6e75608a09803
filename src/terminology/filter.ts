/** The filters of an include, as tests of a concept (FHIR R4, valueset-filter-operator). */
import type { ValueSetComposeIncludeFilter } from '@medplum/fhirtypes';
import type { CompiledCodeSystem, Concept, ConceptProperty } from './terminology.ts';

export type ConceptTest = (concept: Concept) => boolean;

/** A test, or why there is none: a filter that is passed over would make the set larger than it is meant to be. */
export type CompiledFilter = { readonly test: ConceptTest } | { readonly obstacle: string };

type Subject = { readonly system: CompiledCodeSystem; readonly property: string; readonly value: string };

const isHierarchy = (property: string): boolean => property === 'concept' || property === 'code';
const listOf = (value: string): ReadonlySet<string> => new Set(value.split(',').map((code) => code.trim()));

/** By operator; undefined where it does not apply to the property. */
const OPERATORS: Readonly<Record<string, (subject: Subject) => ConceptTest | undefined>> = {
  '=': ({ property, value }) => has(property, (found) => found === value),
  in: ({ property, value }) => has(property, inList(value)),
  'not-in': ({ property, value }) => not(has(property, inList(value))),
  exists: ({ property, value }) => (value === 'true' ? has(property, () => true) : not(has(property, () => true))),
  'is-a': (subject) => ofHierarchy(subject, ({ code }, below, root) => code === root || below.has(code)),
  'is-not-a': (subject) => ofHierarchy(subject, ({ code }, below, root) => code !== root && !below.has(code)),
  'descendent-of': (subject) => ofHierarchy(subject, ({ code }, below) => below.has(code)),
  generalizes: ({ system, property, value }) => {
    const above = system.ancestors(value);
    const own = system.concept(value)?.code;
    return isHierarchy(property) ? ({ code }) => code === own || above.has(code) : undefined;
  },
};

export function compileFilter(
  { property = '', op = '=', value = '' }: ValueSetComposeIncludeFilter,
  system: CompiledCodeSystem,
): CompiledFilter {
  const operator = Object.hasOwn(OPERATORS, op) ? OPERATORS[op] : undefined;
  const test = operator?.({ system, property, value });
  if (test) return { test };
  return { obstacle: `The filter ${property.slice(0, 64)} ${op.slice(0, 64)} of ${system.url} is not supported.` };
}

function ofHierarchy(
  { system, property, value }: Subject,
  test: (concept: Concept, below: ReadonlySet<string>, root: string | undefined) => boolean,
): ConceptTest | undefined {
  if (!isHierarchy(property)) return undefined;
  const below = system.descendants(value);
  const root = system.concept(value)?.code;
  return (concept) => test(concept, below, root);
}

const inList = (value: string) => {
  const wanted = listOf(value);
  return (found: string) => wanted.has(found);
};

const not =
  (test: ConceptTest): ConceptTest =>
  (concept) =>
    !test(concept);

/** Whether one of the property's values passes. Some properties every concept has without declaring them. */
function has(property: string, test: (value: string) => boolean): ConceptTest {
  return (concept) => valuesOf(property, concept).some(test);
}

function valuesOf(property: string, concept: Concept): readonly string[] {
  switch (property) {
    case 'code':
    case 'concept':
      return [concept.code];
    case 'display':
      return concept.display === undefined ? [] : [concept.display];
    case 'inactive':
      return [String(concept.inactive)];
    case 'parent':
      return concept.parents;
    case 'child':
      return concept.children;
    default:
      return concept.properties.filter(({ code }) => code === property).map(textOf);
  }
}

const textOf = ({ value }: ConceptProperty): string => (typeof value === 'object' ? (value.code ?? '') : String(value));
