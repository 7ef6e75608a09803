import type { Resource } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseResource } from '../../../../src/fhir/resource-content.ts';
import { checkContent } from '../../../../src/interactions/check-content.ts';
import { isNationalProviderIdentifier } from '../../../../src/jobs/demo/npi.ts';
import { type WholeDemonstration, wholeDemonstration } from './support.ts';

let whole: WholeDemonstration;

beforeAll(async () => {
  whole = await wholeDemonstration();
});

/** All values under a key, anywhere in a value. */
function valuesOf(key: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((element) => valuesOf(key, element));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    ...(name === key ? [member] : []),
    ...valuesOf(key, member),
  ]);
}

const urlOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id}`;

describe('the demonstration', () => {
  it('reads without a refusal and accounts for every byte of its files', () => {
    expect(whole.items.filter(({ kind }) => kind === 'refusal')).toEqual([]);
    expect(whole.items.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(whole.totalBytes);
  });

  it('has the people of Synthea and of the test cases, and some of our own', () => {
    const patients = whole.resources.filter(({ resourceType }) => resourceType === 'Patient');
    expect(patients).toHaveLength(60 + 810 + 5);
    expect(whole.resources.filter(({ resourceType }) => resourceType === 'Immunization')).toHaveLength(1823 + 1694 + 7);
  });

  it('marks every resource as synthetic test data', () => {
    for (const { meta } of whole.resources) {
      expect(meta?.security?.filter(({ code }) => code === 'HTEST')).toHaveLength(1);
      expect(meta?.tag).toContainEqual(
        expect.objectContaining({ system: 'urn:jenner:tag', code: 'synthetic-demonstration' }),
      );
    }
  });

  it('puts every resource once, under the id its text has', () => {
    const entries = whole.units.flatMap((unit) => unit.entries);
    const urls = entries.map(({ request }) => request.url);
    expect(new Set(urls).size).toBe(urls.length);
    expect(whole.resources.map(urlOf)).toEqual(urls);
    expect(new Set(entries.map(({ request }) => request.method))).toEqual(new Set(['PUT']));
  });

  it('refers to nothing that it does not have, and to no later unit', () => {
    const known = new Set<unknown>();
    const dangling: unknown[] = [];
    for (const unit of whole.units) {
      for (const { request } of unit.entries) known.add(request.url);
      for (const { text } of unit.entries) {
        dangling.push(...valuesOf('reference', JSON.parse(text)).filter((reference) => !known.has(reference)));
      }
    }
    expect(dangling).toEqual([]);
  });

  it('holds nothing that the server would not take as FHIR JSON', () => {
    for (const { entries } of whole.units) {
      for (const { text } of entries) expect(() => checkContent(parseResource(text))).not.toThrow();
    }
  });

  it('keeps the decimals of Synthea digit for digit', () => {
    const texts = whole.units.flatMap(({ entries }) => entries.map(({ text }) => text));
    expect(texts.some((text) => text.includes('"valueDecimal":33.0}'))).toBe(true);
    expect(texts.some((text) => /"value":\s*0\.50/.test(text))).toBe(true);
  });

  it('claims US Core of no practitioner whose number is none', () => {
    const npis = (resource: Resource): readonly string[] =>
      resource.resourceType === 'Practitioner' || resource.resourceType === 'Organization'
        ? (resource.identifier ?? []).flatMap(({ system, value }) =>
            system === 'http://hl7.org/fhir/sid/us-npi' ? [value ?? ''] : [],
          )
        : [];
    const claiming = whole.resources.filter(({ meta }) => meta?.profile);
    const numbers = claiming.flatMap(npis);
    expect(numbers.length).toBeGreaterThan(36);
    expect(numbers.filter((value) => !isNationalProviderIdentifier(value))).toEqual([]);
  });

  it('shows missing data both as an extension and as the code unknown', () => {
    const extension = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
    expect(whole.resources.some((resource) => valuesOf('url', resource).includes(extension))).toBe(true);
    const codings = whole.resources.flatMap((resource) => valuesOf('coding', resource).flat());
    expect(codings).toContainEqual({
      system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason',
      code: 'unknown',
      display: 'Unknown',
    });
  });
});

/** Elements that US Core 6.1.0 wants supported; `a.b` is found where any value of `a` has a `b`. */
const MUST_SUPPORT: Readonly<Record<string, readonly string[]>> = {
  Patient: [
    'identifier.system identifier.value name.use name.family name.given name.suffix name.period.end telecom.system',
    'telecom.value telecom.use gender birthDate deceasedDateTime address.use address.line address.city address.state',
    'address.postalCode address.period.end communication.language',
  ],
  Immunization: ['status statusReason vaccineCode patient occurrenceDateTime primarySource'],
  Organization: [
    'identifier.system identifier.value active name telecom.system telecom.value address.line address.city',
    'address.state address.postalCode address.country',
  ],
  Location: ['status name telecom address.line address.city address.state address.postalCode managingOrganization'],
  Practitioner: ['identifier.system identifier.value name.family telecom.system telecom.value address.line'],
  PractitionerRole: ['practitioner organization code specialty location telecom.system telecom.value endpoint'],
  RelatedPerson: ['active patient relationship name telecom address'],
  Provenance: ['target.reference recorded agent.type agent.who.reference agent.onBehalfOf.reference'],
  Encounter: [
    'identifier.system identifier.value status class type subject participant.type participant.period',
    'participant.individual period reasonCode hospitalization.dischargeDisposition location.location serviceProvider',
  ],
};

const CASES = Object.entries(MUST_SUPPORT).flatMap(([type, lists]) =>
  lists.flatMap((list) => list.split(' ')).map((path) => [type, path] as const),
);

const hasPath = (value: unknown, [key, ...rest]: readonly string[]): boolean =>
  key === undefined ||
  (Array.isArray(value)
    ? value.some((element) => hasPath(element, [key, ...rest]))
    : typeof value === 'object' && value !== null && hasPath((value as Record<string, unknown>)[key], rest)) === true;

describe('what US Core wants supported occurs in the demonstration', () => {
  const claims = ({ meta }: Resource): boolean => meta?.profile?.some((url) => url.includes('/us/core/')) ?? false;

  it.each(CASES)('%s.%s', (type, path) => {
    const found = whole.resources.filter(
      (resource) => resource.resourceType === type && claims(resource) && hasPath(resource, path.split('.')),
    );
    expect(found.length).toBeGreaterThan(0);
  });

  it.each(['race', 'ethnicity', 'tribal-affiliation', 'sex', 'birthsex'])('the extension %s', (name) => {
    const url = `http://hl7.org/fhir/us/core/StructureDefinition/us-core-${name}`;
    expect(whole.resources.some((resource) => valuesOf('url', resource).includes(url))).toBe(true);
  });

  it.each([
    ['name', 'old'],
    ['address', 'old'],
  ])('a %s in former use', (element, use) => {
    const patients = whole.resources.filter(({ resourceType }) => resourceType === 'Patient');
    expect(patients.some((patient) => valuesOf('use', valuesOf(element, patient)).includes(use))).toBe(true);
  });

  it.each(['author', 'transmitter'])('a Provenance with its %s', (code) => {
    const provenances = whole.resources.filter(({ resourceType }) => resourceType === 'Provenance');
    expect(provenances.some((provenance) => valuesOf('code', valuesOf('agent', provenance)).includes(code))).toBe(true);
  });
});
