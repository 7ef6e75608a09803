/** CDC's files, told apart by their content and refused where they are not whole. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { readSource } from '../../../../src/jobs/codesets/source.ts';

const folder = new URL('../../../../data/codesets/cdc/', import.meta.url);
const bytes = (text: string) => new TextEncoder().encode(text);
const file = (name: string) => readFileSync(new URL(name, folder));
const text = (name: string) => file(name).toString('latin1');

describe('a file of CDC’s', () => {
  test.each([
    ['cvx.xml', 'cvx', 288],
    ['mvx.xml', 'mvx', 89],
    ['vac2vg.xml', 'vaccine-group', 256],
    ['cpt.xml', 'cpt', 168],
    ['tradename.xml', 'trade-name', 223],
    ['vis.xml', 'vis', 174],
    ['visurl.xml', 'vis-url', 34],
    ['cvxvis.xml', 'cvx-vis', 548],
    ['NDC_Unit_sale.txt', 'ndc-sale', 560],
    ['NDC_Unit_use.txt', 'ndc-use', 510],
    ['NDC_Linker.txt', 'ndc-link', 580],
  ])('%s is known as %s with %i records', (name, kind, count) => {
    const source = readSource(file(name));
    expect([source.name, source.records.length]).toEqual([kind, count]);
  });

  test.each(readdirSync(folder).filter((name) => /\.(xml|txt)$/.test(name)))(
    '%s is refused where it is cut off',
    (name) => {
      const whole = text(name);
      for (const part of [0.3, 0.65, 0.99]) {
        expect(() => readSource(bytes(whole.slice(0, Math.floor(whole.length * part) - 3)))).toThrow();
      }
    },
  );

  it('has trimmed values, and leading zeros as they are', () => {
    const { records } = readSource(file('cvx.xml'));
    expect(records.find(({ shortdescription }) => shortdescription === 'DTP')?.['cvxcode']).toBe('01');
  });

  it('may be written in pairs of name and value', () => {
    const pairs = [
      ['ShortDescription', 'DTP'],
      ['FullVaccinename', 'all'],
      ['CVXCode', '01 '],
      ['Notes', ''],
      ['Status', 'Inactive'],
      ['LastUpdated', '5/28/2010'],
    ].map(([name, value]) => `<Name>${name}</Name><Value>${value}</Value>`);
    const source = readSource(bytes(`<CVXCodes><CVXInfo>${pairs.join('')}</CVXInfo></CVXCodes>`));
    expect(source.records).toEqual([
      {
        shortdescription: 'DTP',
        fullvaccinename: 'all',
        cvxcode: '01',
        notes: '',
        status: 'Inactive',
        lastupdated: '5/28/2010',
      },
    ]);
  });

  it('is read in the encoding that it names, else as UTF-8, else as Windows writes', () => {
    const latin = Buffer.from(text('mvx.xml').replace('Abbott Laboratories', 'Abb\xf6tt'), 'latin1');
    expect(readSource(latin).records[0]?.['manufacturername']).toBe('Abbött');
    const utf8 = bytes(text('mvx.xml').replace('Abbott Laboratories', 'Abbött'));
    expect(readSource(utf8).records[0]?.['manufacturername']).toBe('Abbött');
  });
});

describe('a file that is not as CDC’s are', () => {
  const cvx = text('cvx.xml');
  test.each([
    ['has a CVX code without its leading zero', cvx.replace('>01        <', '>1<'), 'leading zero'],
    ['has a code twice', cvx.replace('>54        <', '>143<'), 'second time'],
    ['has a record without a status', cvx.replace('<Status>Active</Status>', ''), 'no status'],
    ['has a code that is none', cvx.replace('>54        <', '>five<'), 'cvxcode'],
    ['is about something else', '<Patients><Patient/></Patients>', 'none of CDC'],
    ['has no records', '<CVXCodes></CVXCodes>', 'no records'],
    ['is not well-formed', '<CVXCodes><CVXInfo></CVXCodes>', 'unexpected close tag'],
    ['has other columns', 'a|b|c\n', '3 columns'],
    ['has a line of other columns', `${text('NDC_Linker.txt')}1|2|3\n`, 'line 581'],
    ['is empty', '', 'columns'],
  ])('because it %s is refused', (_why, content, message) => {
    expect(() => readSource(bytes(content))).toThrow(message);
  });
});
