/** Small terminologies for tests, made of resources as they would be stored. */
import type { CodeSystem, CodeSystemConcept, ConceptMap, ValueSet, ValueSetComposeInclude } from '@medplum/fhirtypes';
import { createTerminology } from '../../../src/terminology/compiled-terminology.ts';
import type { Terminology, TerminologyEntry, TerminologyResource } from '../../../src/terminology/terminology.ts';

export const ANIMALS = 'http://example.org/animals';
export const CVX = 'http://hl7.org/fhir/sid/cvx';

export const codeSystem = (url: string, concept: CodeSystemConcept[], more: Partial<CodeSystem> = {}): CodeSystem => ({
  resourceType: 'CodeSystem',
  url,
  status: 'active',
  content: 'complete',
  concept,
  ...more,
});

export const valueSet = (url: string, include: ValueSetComposeInclude[], more: Partial<ValueSet> = {}): ValueSet => ({
  resourceType: 'ValueSet',
  url,
  status: 'active',
  compose: { include },
  ...more,
});

/** Animals: mammal (dog, cat), bird; the unicorn is inactive, a mammal is an abstract concept. */
export const animals = codeSystem(
  ANIMALS,
  [
    {
      code: 'mammal',
      display: 'Mammal',
      property: [{ code: 'notSelectable', valueBoolean: true }],
      concept: [
        { code: 'dog', display: 'Dog', designation: [{ language: 'de', value: 'Hund' }], concept: [{ code: 'puppy' }] },
        { code: 'cat', display: 'Cat', property: [{ code: 'legs', valueInteger: 4 }] },
      ],
    },
    { code: 'bird', display: 'Bird', property: [{ code: 'legs', valueInteger: 2 }] },
    { code: 'unicorn', display: 'Unicorn', property: [{ code: 'status', valueCode: 'Inactive' }] },
  ],
  { version: '1', date: '2024', identifier: [{ system: 'urn:ietf:rfc:3986', value: 'urn:oid:1.2.3' }] },
);

export function terminologyOf(...resources: TerminologyResource[]): Terminology {
  return createTerminology(resources.map(entryOf));
}

function entryOf(resource: TerminologyResource): TerminologyEntry {
  const { resourceType, url = '', version, date, identifier } = resource;
  const aliases = [identifier ?? []].flat().flatMap(({ value }) => value ?? []);
  return { resourceType, url, version, date, aliases, read: () => resource };
}

export const conceptMap = (url: string, group: ConceptMap['group'], more: Partial<ConceptMap> = {}): ConceptMap => ({
  resourceType: 'ConceptMap',
  url,
  status: 'active',
  ...(group ? { group } : {}),
  ...more,
});
