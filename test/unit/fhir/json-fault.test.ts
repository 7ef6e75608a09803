import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFault } from '../../../src/fhir/json-fault.ts';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('the place where a text stops being JSON', () => {
  it.each([
    ['', 0],
    ['  ', 2],
    ['{', 1],
    ['{"a":Smith}', 5],
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ["{'a':1}", 1],
    ['[1 2]', 3],
    ['[1,]', 3],
    ['01', 1],
    ['{"a":"b\nc"}', 7],
    ['"\\x"', 1],
    ['{} {}', 3],
    ['nul', 0],
    ['{"a":[1}', 7],
    ['"\ud83d\ude00" x', 5],
  ])('in %j is %i', (text, at) => {
    expect(findJsonFault(text)).toBe(at);
  });

  it('is found for every text that is none, after a beginning that can be completed', () => {
    const mutated = fc
      .tuple(
        fc.jsonValue({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom('', '"', '\\', '{', ']', ',', ':', '0', 'x', '\n'),
      )
      .map(([value, at, insert]) => {
        const text = JSON.stringify(value);
        const place = at % (text.length + 1);
        return text.slice(0, place) + insert + text.slice(place + 1);
      });
    fc.assert(
      fc.property(mutated, (text) => {
        fc.pre(!isJson(text));
        const fault = findJsonFault(text);
        expect(fault).toBeLessThanOrEqual(text.length);
        // What comes before is the beginning of some JSON: at the end of it the only complaint is that it ends.
        expect(findJsonFault(text.slice(0, fault))).toBe(fault);
      }),
      { numRuns: 1000 },
    );
  });

  it('is the end for every JSON text, which lacks nothing but may not go on either', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value, null, 1);
        expect(findJsonFault(text)).toBe(text.length);
        expect(findJsonFault(`${text} ~`)).toBe(text.length + 1);
      }),
    );
  });
});
