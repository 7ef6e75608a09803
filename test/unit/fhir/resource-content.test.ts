import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findObjectProblem } from '../../../src/fhir/json-keys.ts';
import { afterStamp, parseResource, stampResource } from '../../../src/fhir/resource-content.ts';

const identity = {
  resourceType: 'Basic',
  id: 'b-1',
  versionId: '3',
  lastUpdated: new Date(Date.UTC(2025, 0, 2, 3, 4, 5, 6)),
};
const stamp = (text: string) => stampResource(parseResource(text), identity);

describe('a stamped resource', () => {
  it('has the identity of the server first and everything else of the client after it', () => {
    expect(
      stamp('{"code":{"text":"x"},"id":"other","resourceType":"Basic","meta":{"versionId":"9","tag":[{"code":"t"}]}}'),
    ).toBe(
      '{"resourceType":"Basic","id":"b-1","meta":{"versionId":"3","lastUpdated":"2025-01-02T03:04:05.006Z","tag":[{"code":"t"}]},"code":{"text":"x"}}',
    );
  });

  it('drops what belongs to the values that it replaces', () => {
    const text = '{"resourceType":"Basic","meta":{"_versionId":{"id":"a"},"_lastUpdated":{"id":"b"},"source":"s"}}';
    expect(JSON.parse(stamp(text)).meta).toEqual({
      versionId: '3',
      lastUpdated: '2025-01-02T03:04:05.006Z',
      source: 's',
    });
  });

  it('is the content under the new identity, whatever the content', () => {
    const content = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 });
    fc.assert(
      fc.property(content, fc.constantFrom(undefined, 1, '\t'), (given, indentation) => {
        const { id: _id, meta: _meta, ...rest } = given;
        const stamped = JSON.parse(stamp(JSON.stringify({ ...rest, resourceType: 'Basic' }, null, indentation)));
        const { resourceType, id, meta, ...kept } = stamped;
        expect([resourceType, id, meta.versionId]).toEqual(['Basic', 'b-1', '3']);
        expect(kept).toEqual(JSON.parse(JSON.stringify(rest)));
      }),
    );
  });

  it('stamped again is the same text after its stamp, so that a repeated update is known as one', () => {
    const once = stamp('{"resourceType":"Basic","code":{"text":"x"},"meta":{"tag":[{"code":"t"}]}}');
    const later = { ...identity, versionId: '10', lastUpdated: new Date() };
    const again = stampResource(parseResource(once), later);
    expect(afterStamp(again, later)).toBe(afterStamp(once, identity));
  });
});

describe('the keys of a JSON document', () => {
  it('are fine wherever JSON.stringify wrote them', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(findObjectProblem(JSON.stringify(value))).toBeUndefined();
      }),
    );
  });

  it('are a problem where one object has one twice, however it is written and however deep', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(20), fc.boolean(), (key, depth, escaped) => {
        const literal = JSON.stringify(key);
        const second = escaped ? `"${[...key].map(escapeUnits).join('')}"` : literal;
        const text = `${'{"a":['.repeat(depth)}{${literal}:1,${second}:2}${']}'.repeat(depth)}`;
        expect(findObjectProblem(text)).toMatch(/twice/);
      }),
    );
    expect(findObjectProblem('{"a":{"b":1},"c":{"b":1},"d":["a","a"]}')).toBeUndefined();
  });

  it('are named only where they look like the name of an element', () => {
    expect(findObjectProblem('{"gender":1,"gender":2}')).toContain('"gender"');
    expect(findObjectProblem('{"Mr Smith":1,"Mr Smith":2}')).not.toContain('Smith');
  });

  it('are too deep at more than 250 levels', () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    expect(findObjectProblem(nested(250))).toBeUndefined();
    expect(findObjectProblem(nested(251))).toMatch(/deep/);
  });
});

/** Every UTF-16 unit as `\uXXXX`. */
const escapeUnits = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
