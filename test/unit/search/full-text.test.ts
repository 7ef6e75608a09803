/** FHIR R4, search.html#content. */
import { describe, expect, it } from 'vitest';
import { matchesText, parseTextExpression, textsOf } from '../../../src/search/full-text.ts';

const finds = (expression: string, ...texts: readonly string[]): boolean => {
  const parsed = parseTextExpression(expression);
  if (!parsed) throw new Error(`"${expression}" is no expression`);
  return matchesText(parsed, texts);
};

describe('a text expression', () => {
  it.each([
    ['bone', 'Metastases in the Bone.', true],
    ['bone', 'bones', false],
    ['BONE', 'bone', true],
    ['Ödön', 'odon', true],
    ['strasse', 'STRAßE', true],
    ['bone liver', 'liver, not bone', true],
    ['bone liver', 'liver', false],
    ['bone AND liver', 'bone; liver', true],
    ['bone or liver', 'liver', true],
    ['(bone OR liver) and metastases', 'metastases of the liver', true],
    ['(bone OR liver) and metastases', 'metastases of the brain', false],
    ['(bone OR liver) and metastases', 'liver', false],
    ['bone or liver and metastases', 'bone', true],
    ['not bone', 'liver', true],
    ['not bone', 'bone', false],
    ['liver not bone', 'liver', true],
    ['liver not (bone or brain)', 'liver brain', false],
    ['"of the liver"', 'metastases of the liver', true],
    ['"liver of the"', 'metastases of the liver', false],
    ["O'Brien", 'o brien', true],
    ['x-ray', 'an x ray', true],
    ['日本', '日本 太郎', true],
    ['constructor', 'x', false],
  ])('%s of "%s": %s', (expression, text, isFound) => {
    expect(finds(expression, text)).toBe(isFound);
  });

  it('has words in any of the texts, and a phrase within one', () => {
    expect(finds('bone liver', 'bone', 'liver')).toBe(true);
    expect(finds('"bone liver"', 'bone', 'liver')).toBe(false);
  });

  it.each([
    '',
    ' ',
    '-',
    '""',
    'and',
    'bone and',
    'or liver',
    '(bone',
    'bone)',
    '()',
    'not',
    '"bone',
    `${'('.repeat(50)}a`,
  ])('is none: %s', (text) => {
    expect(parseTextExpression(text)).toBeUndefined();
  });
});

describe('the texts of a resource', () => {
  const resource = {
    resourceType: 'Condition',
    text: {
      status: 'generated',
      div: '<div xmlns="http://www.w3.org/1999/xhtml"><!-- hidden --><td>one</td><td title="no">two</td> &lt;3 &#233;t&#xE9; &amp;c &nothing;</div>',
    },
    code: { coding: [{ display: 'Broken bone' }] },
    note: [{ text: 'See the liver' }],
  };

  it('are of the narrative what a reader sees', () => {
    const [text = '', ...more] = textsOf(resource, 'narrative');
    expect(more).toEqual([]);
    expect(text.replace(/\s+/g, ' ').trim()).toBe('one two <3 été &c &nothing;');
  });

  it('are of the content all of its texts', () => {
    const texts = textsOf(resource, 'content');
    expect(texts).toEqual(expect.arrayContaining(['Broken bone', 'See the liver', 'generated']));
    expect(matchesText({ kind: 'phrase', words: ['hidden'] }, texts)).toBe(false);
  });

  it('are none where there is no narrative', () => {
    expect(textsOf({ resourceType: 'Basic' }, 'narrative')).toEqual([]);
  });
});
