import { describe, expect, it } from 'vitest';
import { childrenOf, parseXml, textOf } from '../../../../../src/iis/forecast/compile/xml-element.ts';

describe('reading XML', () => {
  it('gives elements with their children and trimmed text, whatever the line ends', () => {
    const root = parseXml(
      '\uFEFF<?xml version="1.0"?>\r\n<!-- c -->\r\n<a>\r\n<b> one </b>\r\n<b/><c ><d>2</d></c>\r\n</a >\r\n',
    );
    expect(root.children.map(({ name }) => name)).toEqual(['b', 'b', 'c']);
    expect(textOf(root, 'b')).toBe('one');
  });

  it('resolves named and numeric entities', () => {
    expect(parseXml('<a>&lt;&#65;&#x2265;&amp;amp;</a>').text).toBe('<A≥&amp;');
  });

  it('counts an empty element as none', () => {
    const root = parseXml('<a><b/><b></b><b> </b><b>1</b></a>');
    expect(childrenOf(root, 'b')).toHaveLength(1);
    expect(textOf(root, 'c')).toBeUndefined();
  });

  it.each([
    ['an element that is not closed', '<a><b></a>'],
    ['a file that ends too early', '<a><b>text</b>'],
    ['attributes', '<a x="1"/>'],
    ['text between elements', '<a>text<b/></a>'],
    ['text after the root', '<a/>more'],
    ['an unknown entity', '<a>&nbsp;</a>'],
    ['an ampersand that starts no entity', '<a>B & C</a>'],
    ['CDATA', '<a><![CDATA[x]]></a>'],
    ['a comment that is not closed', '<a><!-- </a>'],
    ['no element at all', 'text'],
  ])('refuses %s', (_what, xml) => {
    expect(() => parseXml(xml)).toThrow(/XML/);
  });
});
