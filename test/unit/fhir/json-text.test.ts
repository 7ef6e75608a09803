import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrayElements, compactJson, endOfValue, objectMembers, rewriteStrings } from '../../../src/fhir/json-text.ts';

const value = fc.jsonValue({ maxDepth: 4 });
const indentation = fc.constantFrom(undefined, 1, 2, '\t');

describe('JSON text', () => {
  it('finds the members of any object at the ranges that JSON.parse gives them', () => {
    const object = fc.dictionary(fc.string(), value);
    fc.assert(
      fc.property(object, indentation, (input, indent) => {
        const text = JSON.stringify(input, null, indent);
        const found = objectMembers(text).map(({ key, start, end }) => [key, JSON.parse(text.slice(start, end))]);
        expect(found).toEqual(Object.entries(JSON.parse(text)));
      }),
    );
  });

  it('finds the elements of any array', () => {
    fc.assert(
      fc.property(fc.array(value), indentation, (input, indent) => {
        const text = JSON.stringify(input, null, indent);
        expect(arrayElements(text).map(({ start, end }) => JSON.parse(text.slice(start, end)))).toEqual(
          JSON.parse(text),
        );
      }),
    );
  });

  it('takes out the white space between tokens and nothing else', () => {
    fc.assert(
      fc.property(value, indentation, (input, indent) => {
        expect(compactJson(JSON.stringify(input, null, indent))).toBe(JSON.stringify(input));
      }),
    );
  });

  it('keeps the digits of a decimal as they were written', () => {
    expect(compactJson('{ "value" : 1.00 , "low": [ 0.50e+2,\n-3 ] }')).toBe('{"value":1.00,"low":[0.50e+2,-3]}');
  });

  it('is not misled by escaped quotes and backslashes', () => {
    const text = '{"a":"x\\\\","b\\"":"\\"}","c":[1,2]}';
    expect(objectMembers(text).map(({ key }) => key)).toEqual(['a', 'b"', 'c']);
    expect(endOfValue(text, 0)).toBe(text.length);
  });

  it('reports a key that is given twice twice', () => {
    expect(objectMembers('{"id":"1","id":"2"}')).toHaveLength(2);
  });

  it('replaces string values, never keys, and tells the key they stand under', () => {
    const text = '{"reference":"urn:uuid:1","urn:uuid:1":["urn:uuid:1",{"x":1.00}],"q":"\\u0075rn:uuid:1"}';
    const seen: string[] = [];
    const out = rewriteStrings(text, (key, value) => {
      seen.push(key);
      return value === 'urn:uuid:1' ? 'Patient/"1"' : undefined;
    });
    expect(out).toBe(
      '{"reference":"Patient/\\"1\\"","urn:uuid:1":["Patient/\\"1\\"",{"x":1.00}],"q":"Patient/\\"1\\""}',
    );
    expect(seen).toEqual(['reference', 'urn:uuid:1', 'q']);
  });
});
