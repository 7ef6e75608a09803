/** The guides' own examples agree with their profiles, and their cases of invariants do as their names say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorsOf, fixtures, held, IMMDS, profiles, US_CORE, unclaimed } from '../held.ts';
import { type Json, mutations } from '../mutations.ts';

const typeOf = (resource: Json): string => String(resource['resourceType']);

const examplesOf = (folder: string, profileOf: (type: string) => string) =>
  [...fixtures(folder)]
    .map(([name, resource]) => ({ name, resource, profile: profileOf(typeOf(resource)) }))
    .filter(({ profile }) => profiles.find(profile) !== undefined);

const examples = [
  ...examplesOf('us-core-6.1.0', (type) => `${US_CORE}us-core-${type.toLowerCase()}|6.1.0`),
  ...examplesOf('us-core-8.0.0', (type) => `${US_CORE}us-core-${type.toLowerCase()}|8.0.0`),
  ...examplesOf('immds', (type) => `${IMMDS}immds-${type.toLowerCase()}`),
];

/** The same with the version in every claim of US Core. */
const versioned = (resource: Json, version: string | undefined): Json =>
  JSON.parse(
    JSON.stringify(resource, (key, value) =>
      key === 'profile' && Array.isArray(value)
        ? value.map((url) => (String(url).startsWith(US_CORE) && version ? `${url}|${version}` : url))
        : value,
    ),
  );

describe('examples of the implementation guides', () => {
  it('are there for every profile of a resource of US Core but PractitionerRole', () => {
    const covered = new Set(examples.map(({ profile }) => profile));
    const uncovered = profiles
      .list()
      .filter(({ type }) => type !== 'Extension' && type !== 'PractitionerRole')
      .map(({ url, version }) => `${url}|${version}`)
      .filter((canonical) => !covered.has(canonical) && !covered.has(canonical.split('|')[0] ?? ''));
    // US Core 8.0.0 has no example of Provenance on its own.
    expect(uncovered).toEqual([`${US_CORE}us-core-provenance|8.0.0`]);
  });

  it.each(examples)('$name has no error against $profile', ({ resource, profile }) => {
    expect(errorsOf(unclaimed(resource), profile)).toEqual([]);
  });

  it.each(['us-core-6.1.0', 'us-core-8.0.0', 'immds'])(
    'of %s, also Bundles, have no error against what they claim, in the version that they are of',
    (folder) => {
      const version = folder.split('-').at(-1);
      const faulty = [...fixtures(folder)].filter(([, resource]) => errorsOf(versioned(resource, version)).length > 0);
      expect(faulty.map(([name]) => name)).toEqual([]);
    },
  );

  it('are checked without an error of ours, however they are damaged', () => {
    fc.assert(
      fc.property(fc.constantFrom(...examples), mutations, ({ resource, profile }, mutate) => {
        expect(Array.isArray(held(mutate(resource), profile))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('are checked without an error of ours, whatever JSON stands in their place', () => {
    fc.assert(
      fc.property(
        fc.object({ withNullPrototype: false }),
        fc.constantFrom(...examples),
        (content, { resource, profile }) => {
          const { resourceType } = resource;
          expect(Array.isArray(held({ ...content, resourceType }, profile))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('cases of the invariants of US Core', () => {
  it.each([...fixtures('us-core-invariants')])('%s does as it says', (name, resource) => {
    const [, invariant = '', outcome = ''] = /^(.+)-[fp]\d+-(pass|fail)\.json$/.exec(name) ?? [];
    const broken = held(resource).some(({ id }) => id === invariant);
    expect(broken ? 'fail' : 'pass').toBe(outcome);
  });
});

describe('the profiles that are loaded', () => {
  it('are evaluated whole: nothing of them is left out', () => {
    expect(profiles.list().flatMap(({ url, unchecked }) => unchecked.map((what) => `${url}: ${what}`))).toEqual([]);
  });
});
