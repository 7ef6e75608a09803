/** The searches that US Core 6.1.0, 7.0.0 and 8.0.0 ask servers for, of the types that this registry is about. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';

const EXTENSIONS = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core';
const CDC = 'urn:oid:2.16.840.1.113883.6.238';
const coded = (url: string, code: string) => ({ url, valueCoding: { system: CDC, code, display: code } });

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const person = (id: string, rest: object) => ({ resourceType: 'Patient', id, ...rest });
  const dose = (id: string, patient: string, date: string, status: string) => ({
    resourceType: 'Immunization',
    id,
    status,
    vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '03' }] },
    patient: { reference: `Patient/${patient}` },
    occurrenceDateTime: date,
  });
  const resources = [
    person('amy', {
      identifier: [{ system: 'http://hospital.example.org', value: '1032702' }],
      name: [{ family: 'Shaw', given: ['Amy', 'V.'] }],
      gender: 'female',
      birthDate: '1987-02-20',
      deceasedDateTime: '2024-03-01T10:00:00-05:00',
      extension: [
        {
          url: `${EXTENSIONS}-race`,
          extension: [
            coded('ombCategory', '2106-3'),
            coded('detailed', '1586-7'),
            { url: 'text', valueString: 'White' },
          ],
        },
        {
          url: `${EXTENSIONS}-ethnicity`,
          extension: [coded('ombCategory', '2135-2'), { url: 'text', valueString: 'Hispanic' }],
        },
        { url: 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName', valueString: 'Baxter' },
      ],
    }),
    person('ben', {
      identifier: [{ system: 'http://hospital.example.org', value: '9' }],
      name: [{ family: 'Shaw', given: ['Ben'] }],
      gender: 'male',
      birthDate: '1990-01-01',
    }),
    dose('a1', 'amy', '2020-11-19T12:46:57-08:00', 'completed'),
    dose('a2', 'amy', '2021-11-19', 'not-done'),
    dose('b1', 'ben', '2020-11-19', 'completed'),
    {
      resourceType: 'Organization',
      id: 'o',
      name: 'Acme Labs',
      address: [{ city: 'Ann Arbor', state: 'MI', postalCode: '48104' }],
    },
    {
      resourceType: 'Location',
      id: 'l',
      name: 'Holy Family',
      address: { city: 'Ann Arbor', state: 'MI', postalCode: '48104' },
    },
    {
      resourceType: 'Practitioner',
      id: 'pr',
      name: [{ family: 'Bone' }],
      identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '9941339108' }],
    },
    {
      resourceType: 'PractitionerRole',
      id: 'r',
      practitioner: { reference: 'Practitioner/pr' },
      specialty: [{ coding: [{ system: 'http://nucc.org/provider-taxonomy', code: '208D00000X' }] }],
    },
    {
      resourceType: 'RelatedPerson',
      id: 'rp',
      patient: { reference: 'Patient/amy' },
      name: [{ family: 'Shaw', given: ['Niamh'] }],
    },
    {
      resourceType: 'Encounter',
      id: 'e',
      identifier: [{ value: 'e-1' }],
      status: 'finished',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
      type: [{ coding: [{ system: 'http://snomed.info/sct', code: '162673000' }] }],
      subject: { reference: 'Patient/amy' },
      period: { start: '2020-11-19T12:00:00-08:00', end: '2020-11-19T13:00:00-08:00' },
      location: [{ location: { reference: 'Location/l' } }],
      hospitalization: { dischargeDisposition: { coding: [{ code: '01' }] } },
    },
  ];
  for (const resource of resources) {
    const { status, body } = await server.put(`${resource.resourceType}/${resource.id}`, resource);
    expect(status, JSON.stringify(body)).toBe(201);
  }
});
afterAll(() => server.close());

const idsIn = (body: { entry?: readonly { resource: { id: string } }[] }): string[] =>
  (body.entry ?? []).map(({ resource }) => resource.id).sort();

describe('US Core', () => {
  it.each([
    ['Patient?_id=amy', 'amy'],
    ['Patient?identifier=1032702', 'amy'],
    ['Patient?identifier=http://hospital.example.org|1032702', 'amy'],
    ['Patient?name=Shaw', 'amy ben'],
    ['Patient?birthdate=1987-02-20&family=Shaw', 'amy'],
    ['Patient?birthdate=1987-02-20&name=Amy', 'amy'],
    ['Patient?gender=female&name=Shaw', 'amy'],
    ['Patient?family=Shaw&gender=male', 'ben'],
    ['Patient?death-date=2024-03-01&family=Shaw', 'amy'],
    ['Patient?death-date=gt2024-02-28&family=Shaw', 'amy'],
    ['Patient?race=2106-3', 'amy'],
    [`Patient?race=${CDC}|1586-7`, 'amy'],
    [`Patient?ethnicity=${CDC}|2135-2`, 'amy'],
    ['Patient?race:missing=true', 'ben'],
    ['Patient?mothersMaidenName=bax', 'amy'],
    ['Immunization?patient=amy', 'a1 a2'],
    ['Immunization?patient=Patient/amy', 'a1 a2'],
    ['Immunization?patient=amy&status=completed', 'a1'],
    ['Immunization?patient=amy&status=completed,not-done', 'a1 a2'],
    ['Immunization?patient=amy&date=gt2020-11-18', 'a1 a2'],
    ['Immunization?patient=amy&date=ge2020-11-20', 'a2'],
    ['Immunization?patient=amy&date=lt2020-11-20', 'a1'],
    ['Immunization?patient=amy&date=le2021-11-19', 'a1 a2'],
    ['Immunization?patient=amy&date=ge2020-11-18&date=le2020-11-20', 'a1'],
    ['Organization?name=Acme', 'o'],
    ['Organization?address=Ann', 'o'],
    ['Location?name=holy', 'l'],
    ['Location?address=ann', 'l'],
    ['Location?address-city=ann arbor', 'l'],
    ['Location?address-state=MI', 'l'],
    ['Location?address-postalcode=48104', 'l'],
    ['Practitioner?_id=pr', 'pr'],
    ['Practitioner?name=bone', 'pr'],
    ['Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9941339108', 'pr'],
    ['PractitionerRole?practitioner=pr', 'r'],
    ['PractitionerRole?practitioner.identifier=http://hl7.org/fhir/sid/us-npi|9941339108', 'r'],
    ['PractitionerRole?practitioner.name=bone', 'r'],
    ['PractitionerRole?specialty=http://nucc.org/provider-taxonomy|208D00000X', 'r'],
    ['RelatedPerson?_id=rp', 'rp'],
    ['RelatedPerson?patient=amy&name=niamh', 'rp'],
    ['Encounter?patient=amy', 'e'],
    ['Encounter?identifier=e-1', 'e'],
    ['Encounter?patient=amy&type=162673000', 'e'],
    ['Encounter?class=AMB&patient=amy', 'e'],
    ['Encounter?patient=amy&status=finished', 'e'],
    ['Encounter?date=gt2020-11-18&patient=amy', 'e'],
    ['Encounter?patient=amy&location=l', 'e'],
    ['Encounter?patient=amy&discharge-disposition=01', 'e'],
    ['Encounter?patient=amy&_lastUpdated=gt2020-01-01', 'e'],
  ])('finds by %s: %s', async (search, ids) => {
    const { status, body } = await server.get(search);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(idsIn(body).join(' ')).toBe(ids);
  });

  it('finds the same by POST', async () => {
    const search = (path: string, form: string) =>
      server.fhir.post(`/fhir/${path}/_search`).set('Content-Type', 'application/x-www-form-urlencoded').send(form);
    expect(idsIn((await search('Patient', 'birthdate=1987-02-20&name=Amy')).body)).toEqual(['amy']);
    expect(idsIn((await search('Immunization', 'patient=Patient/amy&date=ge2020-11-20')).body)).toEqual(['a2']);
  });
});
