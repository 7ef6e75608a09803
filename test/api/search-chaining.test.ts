/** FHIR R4, search.html#chaining. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const resources = [
    { resourceType: 'Organization', id: 'acme', name: 'Acme Clinic', identifier: [{ system: 'urn:org', value: 'A' }] },
    { resourceType: 'Organization', id: 'beta', name: 'Beta Clinic', partOf: { reference: 'Organization/acme' } },
    { resourceType: 'Practitioner', id: 'joe', name: [{ family: 'Joe', given: ['Peter'] }] },
    {
      resourceType: 'Patient',
      id: 'ada',
      identifier: [{ system: 'urn:mrn', value: 'MRN,1|a$b' }],
      name: [{ family: 'Lovelace', given: ['Ada'] }],
      gender: 'female',
      birthDate: '1815-12-10',
      managingOrganization: { reference: 'Organization/beta' },
      generalPractitioner: [{ reference: 'Practitioner/joe' }, { reference: 'Organization/acme' }],
      meta: { tag: [{ system: 'urn:tag', code: 'pilot' }] },
    },
    {
      resourceType: 'Patient',
      id: 'alan',
      identifier: [{ system: 'urn:mrn', value: 'MRN2' }],
      name: [{ family: 'Turing', given: ['Alan'] }],
      gender: 'male',
      birthDate: '1912-06-23',
      managingOrganization: { reference: 'http://localhost/fhir/Organization/acme' },
      generalPractitioner: [{ reference: 'Organization/beta' }],
    },
    { resourceType: 'Patient', id: 'nobody' },
    { resourceType: 'Group', id: 'cohort', type: 'person', actual: true, name: 'Ada and others' },
    { resourceType: 'Device', id: 'ada-pump', deviceName: [{ name: 'Ada pump', type: 'other' }] },
    ...[
      ['d1', 'Patient/ada'],
      ['d2', 'Patient/ada/_history/1'],
      ['d3', 'http://localhost/fhir/Patient/alan'],
      ['d4', 'http://elsewhere.example.org/fhir/Patient/ada'],
      ['d5', 'Patient/nobody'],
      ['d6', '#contained'],
    ].map(([id, reference]) => ({
      resourceType: 'Immunization',
      id,
      status: 'completed',
      vaccineCode: { text: 'x' },
      occurrenceDateTime: '2024-01-01',
      patient: { reference },
      ...(id === 'd6'
        ? { contained: [{ resourceType: 'Patient', id: 'contained', name: [{ family: 'Lovelace' }] }] }
        : {}),
    })),
    ...[
      ['o-ada', 'Patient/ada'],
      ['o-cohort', 'Group/cohort'],
      ['o-pump', 'Device/ada-pump'],
      ['o-alan', 'Patient/alan'],
    ].map(([id, reference]) => ({
      resourceType: 'Observation',
      id,
      status: 'final',
      code: { text: 'x' },
      subject: { reference },
    })),
  ];
  for (const resource of resources) {
    const { status, body } = await server.put(`${resource.resourceType}/${resource.id}`, resource);
    expect(status, JSON.stringify(body)).toBe(201);
  }
});
afterAll(() => server.close());

async function idsOf(search: string): Promise<string[]> {
  const { status, body } = await server.get(search);
  expect(status, JSON.stringify(body)).toBe(200);
  return (body.entry ?? []).map(({ resource }: { resource: { id: string } }) => resource.id).sort();
}

describe('a chain', () => {
  it.each([
    ['through a reference to one type', 'Immunization?patient.family=love', ['d1', 'd2']],
    ['through a reference that names this server', 'Immunization?patient.family=turing', ['d3']],
    ['by identifier, with escapes', 'Immunization?patient.identifier=urn:mrn|MRN\\,1\\|a\\$b', ['d1', 'd2']],
    ['with alternatives', 'Immunization?patient.identifier=MRN2,urn:mrn|MRN\\,1\\|a\\$b', ['d1', 'd2', 'd3']],
    ['with a modifier on its last parameter', 'Immunization?patient.family:exact=lovelace', []],
    ['with :missing on its last parameter', 'Immunization?patient.birthdate:missing=true', ['d5']],
    ['with :not on its last parameter', 'Immunization?patient.gender:not=male', ['d1', 'd2', 'd5']],
    ['with a prefix on its last parameter', 'Immunization?patient.birthdate=gt1900', ['d3']],
    ['through _id', 'Immunization?patient._id=ada,nobody', ['d1', 'd2', 'd5']],
    ['through _tag', 'Immunization?patient._tag=urn:tag|pilot', ['d1', 'd2']],
    ['through _lastUpdated', 'Immunization?patient._lastUpdated=lt2001', []],
    ['with the type said', 'Immunization?patient:Patient.family=love', ['d1', 'd2']],
    ['over two references', 'Immunization?patient.organization.name=acme', ['d3']],
    ['over three references', 'Immunization?patient.organization.partof.identifier=urn:org|A', ['d1', 'd2']],
    ['over typed references', 'Immunization?patient:Patient.organization:Organization.name=beta', ['d1', 'd2']],
    ['over all types of a reference that have the parameter', 'Observation?subject.name=ada', ['o-ada']],
    ['over the types that have the parameter', 'Observation?subject.identifier=MRN2', ['o-alan']],
    ['over the one type that is said', 'Observation?subject:Device.device-name=ada', ['o-pump']],
    ['over several types of one reference', 'Patient?general-practitioner.name=acme,joe', ['ada']],
    ['to another type of the same reference', 'Patient?general-practitioner:Practitioner.given=peter', ['ada']],
  ])('%s finds what it should: %s', async (_case, search, ids) => {
    expect(await idsOf(search)).toEqual(ids);
  });

  it('holds for the same reference only where one chain says it all; repeated, each may be by another', async () => {
    expect(await idsOf('Patient?general-practitioner.name=acme&general-practitioner.name=joe')).toEqual(['ada']);
    expect(await idsOf('Patient?general-practitioner.name=acme&general-practitioner.name=beta')).toEqual([]);
  });

  it('goes together with other parameters, and is counted', async () => {
    expect(await idsOf('Immunization?patient.family=love&_id=d2')).toEqual(['d2']);
    expect((await server.get('Immunization?patient.family=love&_count=0')).body.total).toBe(2);
    expect(await idsOf('Immunization?patient.family=nosuchname')).toEqual([]);
  });

  it('follows pages', async () => {
    const { body } = await server.get('Immunization?patient.family=love&_count=1');
    const next = body.link.find(({ relation }: { relation: string }) => relation === 'next').url;
    const second = (await server.get(next)).body;
    const ids = [body, second].flatMap(({ entry }) =>
      entry.map(({ resource }: { resource: { id: string } }) => resource.id),
    );
    expect(ids.sort()).toEqual(['d1', 'd2']);
  });

  it('sees no resource that was deleted', async () => {
    await server.put('Patient/gone', { resourceType: 'Patient', id: 'gone', name: [{ family: 'Gone' }] });
    await server.put('Observation/of-gone', {
      resourceType: 'Observation',
      id: 'of-gone',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: 'Patient/gone' },
    });
    expect(await idsOf('Observation?subject:Patient.family=gone')).toEqual(['of-gone']);
    await server.delete('Patient/gone');
    expect(await idsOf('Observation?subject:Patient.family=gone')).toEqual([]);
  });

  it.each([
    ['Immunization?patient.shoesize=1', 'not-supported'],
    ['Immunization?shoesize.name=1', 'not-supported'],
    ['Immunization?status.name=1', 'not-supported'],
    ['Immunization?patient:Group.name=1', 'not-supported'],
    ['Immunization?patient:Patient:exact.name=1', 'not-supported'],
    ['Immunization?patient.=1', 'not-supported'],
    ['Immunization?.name=1', 'not-supported'],
    ['Immunization?patient.name:above=1', 'not-supported'],
    ['Immunization?patient.birthdate=yesterday', 'value'],
    ['Immunization?patient.name=', 'value'],
    ['MeasureReport?measure.title=x', 'not-supported'],
    [`Observation?${'focus.'.repeat(7)}_id=1`, 'too-costly'],
    [`Task?${'based-on.'.repeat(6)}_id=1`, 'too-costly'],
    [`Patient?${Array.from({ length: 101 }, () => '_list=1').join('&')}`, 'too-costly'],
  ])('is refused by name where it can not be followed: %s', async (search, code) => {
    const { status, body } = await server.get(search);
    expect([status, body.issue[0].code]).toEqual([400, code]);
    expect(body.issue[0].expression[0]).toMatch(/^http/);
  });
});
