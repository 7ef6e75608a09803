/** Laws of the conversion for any resource that the definitions allow (FHIR R4, xml.html, json.html). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FhirError } from '../../../src/fhir/error.ts';
import { anyResource } from './arbitrary-resource.ts';
import { canonicalJson } from './canonical-json.ts';
import { toJson, toXml } from './converter.ts';

describe('any resource', () => {
  it('keeps every member, string and digit from JSON through XML', () => {
    fc.assert(
      fc.property(anyResource, (json) => {
        expect(canonicalJson(toJson(toXml(json)))).toBe(canonicalJson(json));
      }),
      { numRuns: 400 },
    );
  });

  it('is the same text again from XML through JSON', () => {
    fc.assert(
      fc.property(anyResource, (json) => {
        const xml = toXml(json);
        expect(toXml(toJson(xml))).toBe(xml);
      }),
      { numRuns: 200 },
    );
  });

  it('means the same with a prefix, other quotes and white space between its elements', () => {
    const reformat = (xml: string): string =>
      xml.replace(/<\?.*?\?>|<div.*?<\/div>|<(\/?)([A-Za-z0-9]+)([^>]*)>/gs, (whole, slash, name, rest) =>
        name === undefined
          ? whole
          : `\n<${slash}f:${name}${rest.replace('xmlns=', 'xmlns:f=')}\t>`.replace('/\t>', '\t/>'),
      );
    fc.assert(
      fc.property(anyResource, (json) => {
        const xml = toXml(json);
        expect(toJson(reformat(xml).trim())).toBe(toJson(xml));
      }),
      { numRuns: 200 },
    );
  });

  it('is read or refused with status 400, however its text is damaged', () => {
    const damage = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(8), put: fc.string() });
    const damaged = (text: string, { at, cut, put }: { at: number; cut: number; put: string }): string => {
      const from = Math.floor(at * text.length);
      return text.slice(0, from) + put + text.slice(from + cut);
    };
    const refused = (convert: () => string): number => {
      try {
        convert();
        return 400;
      } catch (error) {
        return error instanceof FhirError ? error.status : 500;
      }
    };
    fc.assert(
      fc.property(anyResource, damage, (json, how) => {
        const xml = toXml(json);
        expect(refused(() => toXml(damaged(json, how)))).toBe(400);
        expect(refused(() => toJson(damaged(xml, how)))).toBe(400);
      }),
      { numRuns: 300 },
    );
  });
});
