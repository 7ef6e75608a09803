import { describe, expect, it } from 'vitest';
import { fhirUrl } from '../../../src/http/fhir-path.ts';

describe('the URL of a FHIR request', () => {
  it.each([
    ['/fhir', ''],
    ['/fhir/', '/'],
    ['/fhir/Patient/1', '/Patient/1'],
    ['/fhir?_format=json', '?_format=json'],
    ['/fhir/Patient?identifier=http://h/fhir|1', '/Patient?identifier=http://h/fhir|1'],
    ['http://example.org:80/fhir/Patient/1', '/Patient/1'],
  ])('of %s is %j below the base', (url, below) => {
    expect(fhirUrl(url)).toBe(below);
  });

  it.each(['/', '/livez', '/fhirs/Patient', '/FHIR/Patient', '/other/fhir/Patient', '//fhir/Patient', '*', ''])(
    'of %j is none',
    (url) => {
      expect(fhirUrl(url)).toBeUndefined();
    },
  );
});
