import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldText } from '../../../../src/search/types/string.ts';
import { finds, type TestResource } from '../search.ts';

const named = (name: object): TestResource => ({ resourceType: 'Patient', name: [name] });

describe('a string search', () => {
  it.each([
    ['given', 'eve', { given: ['Eve'] }, true],
    ['given', 'eve', { given: ['Evelyn'] }, true],
    ['given', 'eve', { given: ['Severine'] }, false],
    ['given:contains', 'eve', { given: ['Severine'] }, true],
    ['given:contains', 'eve', { given: ['Evelyn'] }, true],
    ['given:exact', 'Eve', { given: ['Eve'] }, true],
    ['given:exact', 'Eve', { given: ['eve'] }, false],
    ['given:exact', 'Eve', { given: ['EVE'] }, false],
    ['given:exact', 'Eve', { given: ['Evelyn'] }, false],
    ['family', 'mull', { family: 'Müller' }, true],
    ['family', 'MÜLLER', { family: 'Muller' }, true],
    ['family:exact', 'Muller', { family: 'Müller' }, false],
    ['family', 'strasse', { family: 'Straße' }, true],
    ['family', 'οδοσ', { family: 'ΟΔΌΣ' }, true],
    ['family', 'istanbul', { family: 'İstanbul' }, true],
    ['family', 'OBRIEN', { family: "O'Brien" }, true],
    ['family', "o'brien", { family: 'OBrien' }, true],
    ['family', 'St. John', { family: 'St John' }, true],
    ['family', 'st  john', { family: 'St\tJohn' }, true],
    ['family', 'x+', { family: 'xx' }, false],
    ['family', 'x$', { family: 'x' }, false],
    ['family', 'x.*', { family: 'X*' }, true],
    ['family', 'a.b', { family: 'axb' }, false],
    ['family', '^a', { family: 'a' }, false],
    ['family', 'Quinones', { family: 'Carreno Quinones' }, true],
    ['family', 'Carreno', { family: 'Carreno Quinones' }, true],
    ['family', 'Carreno Quinones', { family: 'Carreno Quinones' }, true],
    ['family', 'Lüdenscheidt', { family: 'Müller-Lüdenscheidt' }, true],
    ['family:exact', 'Quinones', { family: 'Carreno Quinones' }, false],
    ['family:exact', 'Carreno Quinones', { family: 'Carreno Quinones' }, true],
    ['given', 'Anne', { given: ['Mary Anne'] }, false],
    ['name', 'chal', { family: 'Chalmers' }, true],
    ['name', 'quinones', { family: 'Carreno Quinones' }, true],
    ['name', 'pet', { given: ['Jim', 'Peter'] }, true],
    ['name', 'dr', { prefix: ['Dr.'] }, true],
    ['name', 'jr', { suffix: ['Jr'] }, true],
    ['name', 'peter j', { text: 'Peter James' }, true],
    ['name', 'usual', { use: 'usual' }, false],
  ])('%s=%s on %j: %s', (code, value, name, found) => {
    expect(finds(named(name), { [code]: value })).toBe(found);
  });

  it.each([
    ['address', 'erewhon', false],
    ['address', '534', true],
    ['address', 'pleasant', true],
    ['address', 'rainbow', true],
    ['address', 'vic', true],
    ['address', '3999', true],
    ['address', 'aus', true],
    ['address', 'home', false],
    ['address-city', 'pleasant', true],
    ['address-city', '3999', false],
    ['address:contains', 'erewhon', true],
  ])('%s=%s looks at the text of an address and nothing else: %s', (code, value, found) => {
    const address = [
      {
        use: 'home',
        line: ['534 Erewhon St'],
        city: 'PleasantVille',
        district: 'Rainbow',
        state: 'Vic',
        postalCode: '3999',
        country: 'AUS',
      },
    ];
    expect(finds({ resourceType: 'Patient', address }, { [code]: value })).toBe(found);
  });
});

describe('folding a text', () => {
  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text));
      }),
    );
  });

  it('does not depend on case or composition', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(foldText(text.normalize('NFD'))).toBe(foldText(text.normalize('NFC')));
      }),
    );
    for (const text of ['Müller', 'ΟΔΟΣ', 'Straße', 'Çelik', 'Ñandú', 'Łódź']) {
      expect(foldText(text.toUpperCase())).toBe(foldText(text));
      expect(foldText(text.toLowerCase())).toBe(foldText(text));
    }
  });

  it('goes the same way for ASCII as for any text', () => {
    for (let code = 0; code < 128; code += 1) {
      const character = String.fromCharCode(code);
      const text = `A${character}${character} b`;
      expect(`${foldText(text)}e`, JSON.stringify(character)).toBe(foldText(`${text}\u00e9`));
    }
  });

  it('leaves nothing that ends the folded part of a key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(foldText(`${text}\u001f`)).not.toContain('\u001f');
      }),
    );
  });
});
