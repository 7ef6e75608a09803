import { describe, expect, it } from 'vitest';
import { FhirError } from '../../../src/fhir/error.ts';
import { applyJsonPatch, parseJsonPatch } from '../../../src/fhir/json-patch.ts';
import { formatPretty, formatTree, parseTree } from '../../../src/fhir/json-tree.ts';

const patch = (document: string, operations: unknown): string =>
  formatTree(applyJsonPatch(parseTree(document), parseJsonPatch(JSON.stringify(operations))));

const statusOf = (work: () => unknown): number | undefined => {
  try {
    work();
  } catch (error) {
    if (error instanceof FhirError) return error.status;
  }
  return undefined;
};

describe('a JSON Patch', () => {
  // The examples of RFC 6902, appendix A.
  it.each([
    ['adds a member', '{"foo":"bar"}', [{ op: 'add', path: '/baz', value: 'qux' }], '{"foo":"bar","baz":"qux"}'],
    ['adds an item', '{"foo":["bar","baz"]}', [{ op: 'add', path: '/foo/1', value: 'q' }], '{"foo":["bar","q","baz"]}'],
    ['removes a member', '{"baz":"qux","foo":"bar"}', [{ op: 'remove', path: '/baz' }], '{"foo":"bar"}'],
    ['removes an item', '{"foo":["bar","q","baz"]}', [{ op: 'remove', path: '/foo/1' }], '{"foo":["bar","baz"]}'],
    ['replaces', '{"baz":"qux","foo":"bar"}', [{ op: 'replace', path: '/baz', value: 'b' }], '{"baz":"b","foo":"bar"}'],
    [
      'moves a value',
      '{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}',
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      '{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}',
    ],
    [
      'moves an item',
      '{"foo":["all","grass","eat"]}',
      [{ op: 'move', from: '/foo/1', path: '/foo/2' }],
      '{"foo":["all","eat","grass"]}',
    ],
    ['copies', '{"a":{"b":1.00}}', [{ op: 'copy', from: '/a', path: '/c' }], '{"a":{"b":1.00},"c":{"b":1.00}}'],
    [
      'adds a nested object',
      '{"foo":"bar"}',
      [{ op: 'add', path: '/child', value: { g: {} } }],
      '{"foo":"bar","child":{"g":{}}}',
    ],
    ['appends', '{"foo":["bar"]}', [{ op: 'add', path: '/foo/-', value: ['abc'] }], '{"foo":["bar",["abc"]]}'],
    ['unescapes ~ and /', '{"/":9,"~1":10}', [{ op: 'test', path: '/~01', value: 10 }], '{"/":9,"~1":10}'],
    ['replaces the whole', '{"a":1}', [{ op: 'add', path: '', value: { b: 2 } }], '{"b":2}'],
    [
      'takes members in any order for equal',
      '{"a":{"b":1,"c":2.0}}',
      [{ op: 'test', path: '/a', value: { c: 2, b: 1 } }],
      '{"a":{"b":1,"c":2.0}}',
    ],
  ])('%s', (_what, document, operations, expected) => {
    expect(patch(document, operations)).toBe(expected);
  });

  it('keeps the digits of what it does not touch, and those that it brings', () => {
    const text = '[{"op":"add","path":"/b","value":2.500}]';
    expect(formatTree(applyJsonPatch(parseTree('{"a":1.00}'), parseJsonPatch(text)))).toBe('{"a":1.00,"b":2.500}');
  });

  it.each([
    ['a test fails', [{ op: 'test', path: '/a', value: 2 }]],
    ['nothing is there to remove', [{ op: 'remove', path: '/b' }]],
    ['nothing is there to replace', [{ op: 'replace', path: '/b', value: 1 }]],
    ['the parent is missing', [{ op: 'add', path: '/b/c', value: 1 }]],
    ['an index is beyond the end', [{ op: 'add', path: '/l/3', value: 1 }]],
    ['an index has a leading zero', [{ op: 'remove', path: '/l/00' }]],
    ['a value moves into itself', [{ op: 'move', from: '/o', path: '/o/x' }]],
    ['the source is missing', [{ op: 'copy', from: '/b', path: '/c' }]],
  ])('is refused with 422 where %s', (_why, operations) => {
    expect(statusOf(() => patch('{"a":1,"l":[1,2],"o":{}}', operations))).toBe(422);
  });

  it.each([
    ['no array', {}],
    ['an unknown op', [{ op: 'merge', path: '/a' }]],
    ['a path that is no pointer', [{ op: 'remove', path: 'a' }]],
    ['a bad escape', [{ op: 'remove', path: '/~2' }]],
    ['no value', [{ op: 'add', path: '/a' }]],
    ['no from', [{ op: 'move', path: '/a' }]],
    ['an operation that is none', [1]],
  ])('is refused with 400 where it is %s', (_why, operations) => {
    expect(statusOf(() => patch('{"a":1}', operations))).toBe(400);
  });
});

describe('a tree', () => {
  it('of text that is nested without end is refused, quickly', () => {
    const nested = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(statusOf(() => parseTree(nested))).toBe(400);
    expect(statusOf(() => parseJsonPatch(`[{"op":"add","path":"/a","value":${nested}}]`))).toBe(400);
  });

  it('has all that its text says, white space aside', () => {
    const text = ' { "a" : [ 1.00 , "x\\\\" , { } , [ ] , null ] , "b\\u0041" : -1e5 , "" : false } ';
    expect(formatTree(parseTree(text))).toBe('{"a":[1.00,"x\\\\",{},[],null],"bA":-1e5,"":false}');
    for (const value of ['1', '"a"', '[]', '{}', 'true', ' null '])
      expect(formatTree(parseTree(value))).toBe(value.trim());
  });
});

describe('pretty printing', () => {
  it('indents without changing a value', () => {
    const text = '{"a":1.00,"b":[],"c":[{"d":"x\\"{"}],"e":{}}';
    expect(formatPretty(parseTree(text))).toBe(
      '{\n  "a": 1.00,\n  "b": [],\n  "c": [\n    {\n      "d": "x\\"{"\n    }\n  ],\n  "e": {}\n}',
    );
  });
});
