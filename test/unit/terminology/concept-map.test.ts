/** Concept maps as lookups (FHIR R4, conceptmap.html). */
import type { ConceptMapGroupElement } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { ANIMALS, animals, codeSystem, conceptMap, terminologyOf } from './resources.ts';

const MAP = 'http://example.org/map';
const SOUNDS = 'http://example.org/sounds';
const element: ConceptMapGroupElement[] = [
  {
    code: 'dog',
    target: [
      { code: 'woof', equivalence: 'wider' },
      { code: 'growl', equivalence: 'equivalent' },
    ],
  },
  { code: 'puppy', display: 'Puppy', target: [{ code: 'woof', equivalence: 'wider', comment: 'high' }] },
  {
    code: 'bird',
    target: [{ code: 'tweet', equivalence: 'equal', dependsOn: [{ property: 'http://x', value: 'y' }] }],
  },
];
const found = terminologyOf(animals, conceptMap(MAP, [{ source: ANIMALS, target: SOUNDS, element }]));
const map = found.conceptMap(MAP);
const codes = (system: string, code: string, reverse = false) =>
  map?.translate({ system, code }, reverse).map((entry) => `${entry.code} ${entry.equivalence}`);

describe('a concept map', () => {
  it('gives every target of a code', () => {
    expect(codes(ANIMALS, 'dog')).toEqual(['woof wider', 'growl equivalent']);
    expect(codes('urn:oid:1.2.3', 'dog')).toHaveLength(2);
    expect(codes(ANIMALS, 'cat')).toEqual([]);
    expect(codes(SOUNDS, 'dog')).toEqual([]);
  });

  it('gives every source of a target in reverse, seen from the other side', () => {
    expect(codes(SOUNDS, 'woof', true)).toEqual(['dog narrower', 'puppy narrower']);
    expect(codes(SOUNDS, 'growl', true)).toEqual(['dog equivalent']);
    expect(codes(ANIMALS, 'dog', true)).toEqual([]);
  });

  it('leaves out what holds under a condition only', () => {
    expect(codes(ANIMALS, 'bird')).toEqual([]);
  });

  it('is looked up by any form of a code', () => {
    const system = codeSystem(ANIMALS, [{ code: 'dog', property: [{ code: 'alternateCode', valueCode: 'd-o-g' }] }]);
    const same = terminologyOf(system, conceptMap(MAP, [{ source: ANIMALS, target: SOUNDS, element }])).conceptMap(MAP);
    expect(same?.translate({ system: ANIMALS, code: 'd-o-g' }, false)).toHaveLength(2);
  });

  it('does with what it does not list what it says', () => {
    const unmapped = (more: object) =>
      terminologyOf(
        conceptMap(MAP, [{ source: ANIMALS, target: SOUNDS, element: [], unmapped: { mode: 'provided', ...more } }]),
      )
        .conceptMap(MAP)
        ?.translate({ system: ANIMALS, code: 'cat' }, false);
    expect(unmapped({})?.map(({ code }) => code)).toEqual(['cat']);
    expect(unmapped({ mode: 'fixed', code: 'silence' })?.map(({ code }) => code)).toEqual(['silence']);
    expect(unmapped({ mode: 'other-map', url: MAP })).toEqual([]);
  });
});
