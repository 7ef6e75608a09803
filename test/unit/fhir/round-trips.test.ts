import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatEtag, parseEtags } from '../../../src/fhir/etag.ts';
import { formatReference, parseReference } from '../../../src/fhir/reference.ts';
import { formatParams, parseParams } from '../../../src/fhir/search-params.ts';

const id = fc.stringMatching(/^[A-Za-z0-9\-.]{1,64}$/);

describe('what was formatted', () => {
  it('is parsed to the same entity tags', () => {
    fc.assert(
      fc.property(fc.array(id, { minLength: 1, maxLength: 4 }), (versions) => {
        expect(parseEtags(versions.map(formatEtag).join(', '))).toEqual(versions);
      }),
    );
  });

  it('is parsed to the same literal reference', () => {
    const reference = fc.record(
      { resourceType: fc.constantFrom('Patient', 'Immunization'), id, versionId: id },
      { requiredKeys: ['resourceType', 'id'] },
    );
    fc.assert(
      fc.property(reference, (value) => {
        expect(parseReference(formatReference(value))).toEqual(value);
      }),
    );
  });

  it('is parsed to the same search parameters, in the same order', () => {
    const name = fc.oneof(fc.constantFrom('_id', 'name:exact', '__proto__', 'a b'), fc.string({ minLength: 1 }));
    const params = fc.array(fc.tuple(name, fc.string({ unit: 'grapheme' })), { maxLength: 5 });
    fc.assert(
      fc.property(params, (pairs) => {
        const parsed = parseParams(
          pairs
            .map(([key, value]) => formatParams({ [key]: value }))
            .filter(Boolean)
            .join('&'),
        );
        expect(parseParams(formatParams(parsed))).toEqual(parsed);
        for (const [key, value] of pairs) if (key !== '__proto__') expect([parsed[key]].flat()).toContain(value);
      }),
    );
  });
});

describe('a literal reference', () => {
  it.each([
    '',
    'Patient',
    'Patient/',
    'patient/1',
    'Patient/a b',
    'http://x/Patient/1',
    '#p',
    'urn:uuid:1',
    'Patient/1/x',
    'Patient?x=1',
  ])('is not %j', (text) => {
    expect(parseReference(text)).toBeUndefined();
  });
});

describe('a query string', () => {
  it('takes plus and %20 for a space, an empty value, and a parameter without one', () => {
    expect({ ...parseParams('a=x+y&b=x%20y&c=&d&&a=z%2Bz') }).toEqual({ a: ['x y', 'z+z'], b: 'x y', c: '', d: '' });
  });
});
