/** Invariants of CodeSystem, ValueSet and ConceptMap (FHIR R4, terminology-module.html). */
import type { JsonObject } from '../../fhir/resource-content.ts';
import { asIdentifier } from './clinical.ts';
import { areDistinct, exists, type Invariant, invariant, objectsOf } from './invariant.ts';

const csd1 = invariant('csd-1', 'The codes of a code system must be unique.', (codeSystem) =>
  areDistinct(codesBelow(codeSystem)),
);

function codesBelow(element: JsonObject): readonly (string | undefined)[] {
  return objectsOf(element, 'concept').flatMap((concept) => {
    const { code } = concept;
    return [typeof code === 'string' ? code : undefined, ...codesBelow(concept)];
  });
}

const cmd1 = invariant(
  'cmd-1',
  'A target that is narrower or inexact needs a comment.',
  (target) =>
    exists(target, 'comment') || (target['equivalence'] !== 'narrower' && target['equivalence'] !== 'inexact'),
);
const cmd2 = invariant(
  'cmd-2',
  'Of mode fixed, a code must be there.',
  (unmapped) => unmapped['mode'] !== 'fixed' || exists(unmapped, 'code'),
);
const cmd3 = invariant(
  'cmd-3',
  'Of mode other-map, a url must be there.',
  (unmapped) => unmapped['mode'] !== 'other-map' || exists(unmapped, 'url'),
);

const vsd1 = invariant('vsd-1', 'An include or exclude needs a valueSet or a system.', (include) =>
  exists(include, 'valueSet', 'system'),
);
const vsd2 = invariant(
  'vsd-2',
  'An include or exclude with concepts or filters needs a system.',
  (include) => !exists(include, 'concept', 'filter') || exists(include, 'system'),
);
const vsd3 = invariant(
  'vsd-3',
  'An include or exclude has concepts or filters, not both.',
  (include) => !exists(include, 'concept') || !exists(include, 'filter'),
);
const vsd6 = invariant('vsd-6', 'What an expansion contains needs a code or a display.', (contains) =>
  exists(contains, 'code', 'display'),
);
const vsd9 = invariant(
  'vsd-9',
  'What an expansion contains needs a code, unless it is abstract.',
  (contains) => exists(contains, 'code') || contains['abstract'] !== false,
);
const vsd10 = invariant(
  'vsd-10',
  'A code in an expansion needs a system.',
  (contains) => !exists(contains, 'code') || exists(contains, 'system'),
);

export const terminologyInvariants: readonly (readonly [string, readonly Invariant[]])[] = [
  ['CodeSystem', [asIdentifier('csd-0', 'CodeSystem'), csd1]],
  ['ConceptMap', [asIdentifier('cmd-0', 'ConceptMap')]],
  ['ConceptMap.group.element.target', [cmd1]],
  ['ConceptMap.group.unmapped', [cmd2, cmd3]],
  ['ValueSet', [asIdentifier('vsd-0', 'ValueSet')]],
  ['ValueSet.compose.include', [vsd1, vsd2, vsd3]],
  ['ValueSet.expansion.contains', [vsd6, vsd9, vsd10]],
];
