/** FHIR R4, search.html#revinclude. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MOST_INCLUDED } from '../../src/storage/search/includes.ts';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { putEntry, sendBundle } from './entries.ts';
import { entriesOf, find, namesOf, pagesOf, refusalOf } from './search-results.ts';

let server: TestServer;
const to = (reference: string) => ({ reference });
const dose = (id: string, patient: string, more: object = {}) => ({
  resourceType: 'Immunization',
  id,
  status: 'completed',
  vaccineCode: { text: 'x' },
  patient: to(patient),
  occurrenceDateTime: '2024-01-01',
  ...more,
});
const organization = (id: string, partOf?: string) => ({
  resourceType: 'Organization',
  id,
  name: id,
  ...(partOf ? { partOf: to(partOf) } : {}),
});

beforeAll(async () => {
  server = await startTestServer();
  const link = (other: string) => ({ link: [{ other: to(other), type: 'seealso' }] });
  const resources = [
    organization('top'),
    organization('mid', 'Organization/top'),
    organization('low', 'Organization/mid'),
    organization('ring-a', 'Organization/ring-b'),
    organization('ring-b', 'Organization/ring-a'),
    { resourceType: 'Practitioner', id: 'nurse' },
    { resourceType: 'Patient', id: 'p1', managingOrganization: to('Organization/low'), ...link('Patient/p2') },
    { resourceType: 'Patient', id: 'p2', ...link('Patient/p1') },
    {
      resourceType: 'Patient',
      id: 'p3',
      managingOrganization: to('https://elsewhere.example.org/fhir/Organization/top'),
    },
    dose('d1', 'Patient/p1', {
      performer: [{ actor: to('Practitioner/nurse') }, { actor: to('Organization/low') }],
      reasonReference: [to('Condition/lost')],
      contained: [{ resourceType: 'Location', id: 'here' }],
      location: to('#here'),
    }),
    dose('d2', 'Patient/p1/_history/1', { manufacturer: to(`${server.base}/Organization/mid`) }),
    dose('d3', 'http://localhost/fhir/Patient/p2'),
    dose('d4', 'Patient/p3', { manufacturer: { identifier: { value: 'top' } } }),
    {
      resourceType: 'Provenance',
      id: 'v1',
      target: [to('Immunization/d1'), to('Immunization/d2')],
      recorded: '2024-01-02T10:00:00Z',
      agent: [{ who: to('Organization/top') }],
    },
    { resourceType: 'Observation', id: 'o1', status: 'final', code: { text: 'x' }, subject: to('Patient/p2') },
  ];
  const { status, body } = await sendBundle(
    server,
    'transaction',
    resources.map((one) => putEntry(one)),
  );
  expect(status, JSON.stringify(body)).toBe(200);
  await server.put('Organization/gone', organization('gone'));
  await server.put('Location/l1', {
    resourceType: 'Location',
    id: 'l1',
    managingOrganization: to('Organization/gone'),
  });
  await server.delete('Organization/gone');
});
afterAll(() => server.close());

const included = async (search: string) => namesOf(await find(server, search), 'include').toSorted();

describe('_include', () => {
  it.each([
    ['Immunization?_id=d1&_include=Immunization:patient', ['Patient/p1']],
    ['Immunization?_id=d1&_include=Immunization:performer', ['Organization/low', 'Practitioner/nurse']],
    ['Immunization?_id=d1&_include=Immunization:performer:Practitioner', ['Practitioner/nurse']],
    ['Immunization?_id=d1&_include=Immunization:reaction', []],
    ['Immunization?_id=d1&_include=Immunization:*', ['Organization/low', 'Patient/p1', 'Practitioner/nurse']],
    ['Immunization?_id=d1&_include=*', ['Organization/low', 'Patient/p1', 'Practitioner/nurse']],
    ['Immunization?_id=d1,d2,d3&_include=Immunization:patient', ['Patient/p1', 'Patient/p2']],
    [
      'Immunization?_id=d1&_include=Immunization:patient&_include=Immunization:performer:Organization',
      ['Organization/low', 'Patient/p1'],
    ],
    ['Immunization?_id=d4&_include=Immunization:manufacturer', []],
    ['Patient?_id=p3&_include=Patient:organization', []],
    ['Location?_id=l1&_include=Location:organization', []],
  ])('answers %s with %j beside the matches', async (search, names) => {
    expect(await included(search)).toEqual(names);
  });

  it('brings the current version of what a reference names a version of', async () => {
    await server.put('Patient/p1', {
      resourceType: 'Patient',
      id: 'p1',
      gender: 'female',
      managingOrganization: to('Organization/low'),
      link: [{ other: to('Patient/p2'), type: 'seealso' }],
    });
    const [entry] = entriesOf(await find(server, 'Immunization?_id=d2&_include=Immunization:patient'), 'include');
    expect([entry?.resource.id, entry?.resource['gender'], entry?.fullUrl]).toEqual([
      'p1',
      'female',
      `${server.base}/Patient/p1`,
    ]);
  });

  it('does not repeat a match as an include, nor an include', async () => {
    const found = await find(
      server,
      'Patient?_id=p1,p2&_include=Patient:link&_include=Patient:organization&_revinclude=Patient:link',
    );
    expect([namesOf(found), namesOf(found, 'include')]).toEqual([['Patient/p1', 'Patient/p2'], ['Organization/low']]);
  });

  it('counts matches only, on a page and in the total', async () => {
    const found = await find(server, 'Immunization?_id=d1,d2&_include=Immunization:patient&_total=accurate');
    expect([found.total, found.entry?.length]).toEqual([2, 3]);
    const pages = await pagesOf(server, 'Immunization?_include=Immunization:patient&_count=1');
    expect(pages.map((page) => [namesOf(page).length, namesOf(page, 'include').length])).toEqual(
      pages.map(() => [1, 1]),
    );
  });
});

describe('_revinclude', () => {
  it.each([
    ['Patient?_id=p1&_revinclude=Immunization:patient', ['Immunization/d1', 'Immunization/d2']],
    ['Patient?_id=p2&_revinclude=Immunization:patient', ['Immunization/d3']],
    [
      'Patient?_id=p2&_revinclude=Immunization:patient&_revinclude=Observation:subject',
      ['Immunization/d3', 'Observation/o1'],
    ],
    ['Immunization?_id=d1&_revinclude=Provenance:target', ['Provenance/v1']],
    ['Immunization?_id=d4&_revinclude=Provenance:target', []],
    ['Patient?_id=p2&_revinclude=Observation:*', ['Observation/o1']],
    ['Patient?_id=p2&_revinclude=*', ['Immunization/d3', 'Observation/o1', 'Patient/p1']],
    [
      'Immunization?_id=d1&_include=Immunization:patient&_revinclude=Provenance:target',
      ['Patient/p1', 'Provenance/v1'],
    ],
  ])('answers %s with %j beside the matches', async (search, names) => {
    expect(await included(search)).toEqual(names);
  });

  it('no longer brings what was deleted', async () => {
    await server.put('Observation/o2', {
      resourceType: 'Observation',
      id: 'o2',
      status: 'final',
      code: { text: 'x' },
      subject: to('Patient/p3'),
    });
    expect(await included('Patient?_id=p3&_revinclude=Observation:subject')).toEqual(['Observation/o2']);
    await server.delete('Observation/o2');
    expect(await included('Patient?_id=p3&_revinclude=Observation:subject')).toEqual([]);
  });
});

describe(':iterate', () => {
  it.each([
    ['Organization?_id=low&_include=Organization:partof', ['Organization/mid']],
    ['Organization?_id=low&_include:iterate=Organization:partof', ['Organization/mid', 'Organization/top']],
    ['Organization?_id=top&_revinclude:iterate=Organization:partof', ['Organization/low', 'Organization/mid']],
    ['Organization?_id=ring-a&_include:iterate=Organization:partof', ['Organization/ring-b']],
    [
      'Patient?_id=p1&_include=Patient:organization&_include:iterate=Organization:partof',
      ['Organization/low', 'Organization/mid', 'Organization/top'],
    ],
    ['Immunization?_id=d1&_include=Immunization:patient&_include:iterate=Patient:link', ['Patient/p1', 'Patient/p2']],
    [
      'Immunization?_id=d1&_include=Immunization:patient&_revinclude:iterate=Observation:subject&_include:iterate=Patient:link',
      ['Observation/o1', 'Patient/p1', 'Patient/p2'],
    ],
    ['Immunization?_id=d1&_include:iterate=Patient:link', []],
  ])('follows %s to %j', async (search, names) => {
    expect(await included(search)).toEqual(names);
  });
});

describe('what can’t be included', () => {
  it.each([
    ['Patient?_include=Patient:shoesize', 'http._include'],
    ['Patient?_include=Patient:family', 'http._include'],
    ['Patient?_include=Patient', 'http._include'],
    ['Patient?_include=', 'http._include'],
    ['Patient?_include=Patient:organization:Group', 'http._include'],
    ['Patient?_include=Patient:organization:Medication', 'http._include'],
    ['Patient?_include=Medication:subject', 'http._include'],
    ['Patient?_include=Immunization:patient', 'http._include'],
    ['Patient?_include=Patient:organization,Patient:link', 'http._include'],
    ['Patient?_include:recurse=Patient:link', 'http._include:recurse'],
    ['Patient?_revinclude=Immunization:performer', 'http._revinclude'],
    ['Patient?_revinclude=Immunization:lot-number', 'http._revinclude'],
    ['Patient?_revinclude=Immunization:patient:Group', 'http._revinclude'],
    ['Patient?_revinclude:iterate=Immunization:shoesize', 'http._revinclude:iterate'],
    ['MeasureReport?_include=MeasureReport:measure', 'http._include'],
  ])('is refused in %s', async (search, expression) => {
    expect(await refusalOf(server, search)).toMatchObject({ status: 400, expression });
  });

  it('because there is too much of it is said in an outcome beside the matches', async () => {
    const rows = Array.from({ length: MOST_INCLUDED + 5 }, (_, index) => ({
      _id: `many${index}`,
      v: 1,
      lu: new Date(),
      m: 'PUT' as const,
      sv: 0,
      c: [],
      body: `{"resourceType":"Flag","id":"many${index}"}`,
      s_patient: index < MOST_INCLUDED ? 'Patient/p2' : 'Patient/p3',
    }));
    const flags = server.jenner.database.current('Flag');
    await flags.insertMany(rows);
    const enough = await find(server, 'Patient?_id=p2&_revinclude=Flag:patient');
    expect([namesOf(enough, 'include').length, entriesOf(enough, 'outcome')]).toEqual([MOST_INCLUDED, []]);
    const more = await find(server, 'Patient?_id=p2,p3&_revinclude=Flag:patient');
    const [outcome] = entriesOf(more, 'outcome');
    expect([more.total, namesOf(more, 'include').length]).toEqual([2, MOST_INCLUDED]);
    expect(outcome?.resource.resourceType).toBe('OperationOutcome');
    expect(outcome?.resource.issue?.[0]).toMatchObject({ severity: 'warning', code: 'incomplete' });
    expect(outcome).not.toHaveProperty('fullUrl');
  });
});
