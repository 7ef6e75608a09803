/** Code systems as lookups (FHIR R4, codesystem.html). */
import { describe, expect, it } from 'vitest';
import { ANIMALS, animals, codeSystem, terminologyOf } from './resources.ts';

const terminology = terminologyOf(animals);
const system = terminology.codeSystem(ANIMALS);

describe('a code system', () => {
  it('knows its concepts, nested ones with them, in the order of the resource', () => {
    expect([...(system?.concepts() ?? [])].map(({ code }) => code)).toEqual([
      'mammal',
      'dog',
      'puppy',
      'cat',
      'bird',
      'unicorn',
    ]);
    expect(system?.concept('dog')).toMatchObject({ display: 'Dog', parents: ['mammal'], children: ['puppy'] });
    expect(system?.concept('Dog')).toBeUndefined();
  });

  it('tells which codes are inactive and which only group others', () => {
    expect(system?.concept('unicorn')?.inactive).toBe(true);
    expect(system?.concept('mammal')?.abstract).toBe(true);
    expect(system?.concept('cat')).toMatchObject({ inactive: false, abstract: false });
  });

  it('tells how two codes stand to each other', () => {
    expect(system?.subsumes('mammal', 'puppy')).toBe('subsumes');
    expect(system?.subsumes('puppy', 'mammal')).toBe('subsumed-by');
    expect(system?.subsumes('dog', 'dog')).toBe('equivalent');
    expect(system?.subsumes('dog', 'bird')).toBe('not-subsumed');
    expect(system?.subsumes('dog', 'fish')).toBeUndefined();
  });

  it('takes its hierarchy from parent properties as well, and ends in a circle where it began', () => {
    const parent = (valueCode: string) => [{ code: 'parent', valueCode }];
    const circle = terminologyOf(
      codeSystem('http://example.org/c', [
        { code: 'a', property: parent('c') },
        { code: 'b', property: parent('a') },
        { code: 'c', property: parent('b') },
      ]),
    ).codeSystem('http://example.org/c');
    expect([...(circle?.descendants('a') ?? [])].sort()).toEqual(['b', 'c']);
    expect([...(circle?.ancestors('b') ?? [])].sort()).toEqual(['a', 'c']);
  });

  it('finds a code by another form of it, and in any case where case does not matter', () => {
    const url = 'http://example.org/x';
    const alternate = [{ code: 'alternateCode', valueCode: '1-2' }];
    const found = terminologyOf(codeSystem(url, [{ code: 'Ab', property: alternate }], { caseSensitive: false }));
    expect(found.codeSystem(url)?.concept('AB')?.code).toBe('Ab');
    expect(found.codeSystem(url)?.concept('1-2')?.code).toBe('Ab');
    expect(found.below(url, 'ab')).toEqual(['Ab', '1-2']);
  });

  it('is found by its URL, that URL with its version, and an old name of it', () => {
    for (const url of [ANIMALS, `${ANIMALS}|1`, 'urn:oid:1.2.3']) expect(terminology.codeSystem(url)).toBe(system);
    expect(terminology.codeSystem(`${ANIMALS}|2`)).toBeUndefined();
  });

  it('is in force in its latest edition, and found in an older one by its version', () => {
    const older = codeSystem(ANIMALS, [{ code: 'dodo' }], { version: '0.9', date: '2020-01-01' });
    const both = terminologyOf(older, animals);
    expect(both.codeSystem(ANIMALS)?.concept('dodo')).toBeUndefined();
    expect(both.codeSystem(`${ANIMALS}|0.9`)?.concept('dodo')?.code).toBe('dodo');
  });
});

describe('above and below', () => {
  it('have the code itself and everything at any distance', () => {
    expect(terminology.below(ANIMALS, 'mammal')).toEqual(['mammal', 'dog', 'cat', 'puppy']);
    expect(terminology.above(ANIMALS, 'puppy')).toEqual(['puppy', 'dog', 'mammal']);
  });

  it('are undefined for a code or a system that is not here', () => {
    expect(terminology.below(ANIMALS, 'fish')).toBeUndefined();
    expect(terminology.above('http://example.org/none', 'dog')).toBeUndefined();
  });
});
