/** Value sets as lookups (FHIR R4, valueset.html#compositions). */
import type { ValueSet } from '@medplum/fhirtypes';
import { describe, expect, it, test } from 'vitest';
import { ANIMALS, animals, codeSystem, terminologyOf, valueSet } from './resources.ts';

const VS = 'http://example.org/vs';
const SNOMED = 'http://snomed.info/sct';

const membersOf = (set: ValueSet, ...others: ValueSet[]) =>
  terminologyOf(animals, set, ...others)
    .valueSet(VS)
    ?.members()
    ?.map(({ code }) => code);

const filtered = (property: string, op: string, value: string): ValueSet =>
  valueSet(VS, [{ system: ANIMALS, filter: [{ property, op: op as '=', value }] }]);

describe('the members of a value set', () => {
  test.each([
    ['concept', 'is-a', 'mammal', ['mammal', 'dog', 'puppy', 'cat']],
    ['concept', 'descendent-of', 'mammal', ['dog', 'puppy', 'cat']],
    ['concept', 'is-not-a', 'mammal', ['bird', 'unicorn']],
    ['concept', 'generalizes', 'puppy', ['mammal', 'dog', 'puppy']],
    ['concept', 'in', 'cat, bird', ['cat', 'bird']],
    ['concept', 'not-in', 'cat,bird,unicorn', ['mammal', 'dog', 'puppy']],
    ['legs', '=', '4', ['cat']],
    ['legs', 'exists', 'true', ['cat', 'bird']],
    ['legs', 'exists', 'false', ['mammal', 'dog', 'puppy', 'unicorn']],
    ['parent', '=', 'dog', ['puppy']],
    ['inactive', '=', 'true', ['unicorn']],
    ['display', '=', 'Cat', ['cat']],
  ])('by the filter %s %s %s', (property, op, value, expected) => {
    expect(membersOf(filtered(property, op, value))).toEqual(expected);
  });

  it('must pass every filter of an include, and are in any of several includes, once', () => {
    const both = { system: ANIMALS, filter: [filter('concept', 'is-a', 'mammal'), filter('legs', '=', '4')] };
    expect(membersOf(valueSet(VS, [both]))).toEqual(['cat']);
    const listed = { system: ANIMALS, concept: [{ code: 'bird' }, { code: 'cat' }] };
    expect(membersOf(valueSet(VS, [both, listed]))).toEqual(['cat', 'bird']);
  });

  it('leave out what is excluded, and what is inactive where that is said', () => {
    const exclude = [{ system: ANIMALS, filter: [filter('concept', 'is-a', 'mammal')] }];
    const include = [{ system: ANIMALS }];
    expect(membersOf({ ...valueSet(VS, include), compose: { include, exclude } })).toEqual(['bird', 'unicorn']);
    expect(membersOf({ ...valueSet(VS, include), compose: { include, exclude, inactive: false } })).toEqual(['bird']);
  });

  it('are those of imported value sets; of several in one include, those that are in each', () => {
    const mammals = valueSet('http://example.org/m', [
      { system: ANIMALS, filter: [filter('concept', 'is-a', 'mammal')] },
    ]);
    const pets = valueSet('http://example.org/p', [{ system: ANIMALS, concept: [{ code: 'cat' }, { code: 'bird' }] }]);
    const urls = ['http://example.org/m', 'http://example.org/p'];
    expect(membersOf(valueSet(VS, [{ valueSet: urls }]), mammals, pets)).toEqual(['cat']);
    expect(
      membersOf(
        valueSet(
          VS,
          urls.map((url) => ({ valueSet: [url] })),
        ),
        mammals,
        pets,
      ),
    ).toEqual(['mammal', 'dog', 'puppy', 'cat', 'bird']);
    const dogs = { system: ANIMALS, filter: [filter('concept', 'is-a', 'dog')], valueSet: ['http://example.org/m'] };
    expect(membersOf(valueSet(VS, [dogs]), mammals)).toEqual(['dog', 'puppy']);
  });

  it('have the display of the value set before that of the code system', () => {
    const set = valueSet(VS, [{ system: ANIMALS, concept: [{ code: 'cat', display: 'Kitty' }, { code: 'dog' }] }]);
    const displays = terminologyOf(animals, set)
      .valueSet(VS)
      ?.members()
      ?.map(({ display }) => display);
    expect(displays).toEqual(['Kitty', 'Dog']);
  });

  it('come from an expansion where there is no definition', () => {
    const expansion = {
      timestamp: '2024',
      contains: [{ system: ANIMALS, code: 'cat', contains: [{ system: ANIMALS, code: 'dog' }] }],
    };
    expect(membersOf({ resourceType: 'ValueSet', url: VS, status: 'active', expansion })).toEqual(['cat', 'dog']);
  });
});

function filter(property: string, op: string, value: string) {
  return { property, op: op as '=', value };
}

describe('what is not known here', () => {
  it('leaves a code undecided, never out', () => {
    const set = valueSet(VS, [{ system: SNOMED, filter: [filter('concept', 'is-a', '1')] }, { system: ANIMALS }]);
    const found = terminologyOf(animals, set).valueSet(VS);
    expect(found?.contains(SNOMED, '2')).toBe('undecided');
    expect(found?.contains(ANIMALS, 'cat')).toBe('in');
    expect(found?.contains(ANIMALS, 'fish')).toBe('out');
    expect(found?.members()).toBeUndefined();
    expect(found?.knownMembers().map(({ code }) => code)).toContain('cat');
    expect(found?.obstacles).toEqual([`The code system ${SNOMED} is not here.`]);
  });

  it('is a filter that is not supported, which is never passed over', () => {
    const found = terminologyOf(animals, filtered('code', 'regex', '.*')).valueSet(VS);
    expect(found?.members()).toBeUndefined();
    expect(found?.contains(ANIMALS, 'cat')).toBe('undecided');
    expect(found?.obstacles[0]).toContain('regex');
  });

  it('is a value set that is not here, or made of itself', () => {
    const missing = terminologyOf(valueSet(VS, [{ valueSet: ['http://example.org/none'] }])).valueSet(VS);
    expect([missing?.contains(ANIMALS, 'cat'), missing?.members()]).toEqual(['undecided', undefined]);
    const other = 'http://example.org/other';
    const circle = terminologyOf(valueSet(VS, [{ valueSet: [other] }]), valueSet(other, [{ valueSet: [VS] }]));
    expect(circle.valueSet(VS)?.obstacles[0]).toContain('made of itself');
    expect(circle.valueSet(other)?.contains(ANIMALS, 'cat')).toBe('undecided');
  });

  it('is what a part of a code system does not have', () => {
    const part = codeSystem(SNOMED, [{ code: '1' }], { content: 'fragment' });
    const found = terminologyOf(part, valueSet(VS, [{ system: SNOMED }])).valueSet(VS);
    expect([found?.contains(SNOMED, '1'), found?.contains(SNOMED, '2')]).toEqual(['in', 'undecided']);
  });
});

describe('whether a code is in a value set', () => {
  const set = valueSet(VS, [{ system: ANIMALS, concept: [{ code: 'cat' }] }]);
  const found = terminologyOf(animals, set).valueSet(VS);

  it('depends on its system, by any URL of that', () => {
    expect(found?.contains(ANIMALS, 'cat')).toBe('in');
    expect(found?.contains('urn:oid:1.2.3', 'cat')).toBe('in');
    expect(found?.contains('http://example.org/other', 'cat')).toBe('out');
    expect(found?.contains(undefined, 'cat')).toBe('in');
    expect(found?.contains(undefined, 'dog')).toBe('out');
  });

  it('is the same for a search, which is given every form of each code', () => {
    const system = codeSystem(ANIMALS, [{ code: 'cat', property: [{ code: 'alternateCode', valueCode: 'c-a-t' }] }]);
    expect(terminologyOf(system, set).expansion(VS)).toEqual([
      { system: ANIMALS, code: 'cat' },
      { system: ANIMALS, code: 'c-a-t' },
    ]);
    expect(terminologyOf(system, set).expansion('http://example.org/none')).toBeUndefined();
  });
});
