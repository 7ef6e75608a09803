/** FHIR R4, search.html#has and search.html#list. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const observation = (id: string, subject: string, code: string, rest: object = {}) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code }] },
    subject: { reference: subject },
    ...rest,
  });
  const resources = [
    {
      resourceType: 'Patient',
      id: 'a',
      name: [{ family: 'Abel' }],
      managingOrganization: { reference: 'Organization/o1' },
    },
    {
      resourceType: 'Patient',
      id: 'b',
      name: [{ family: 'Baker' }],
      managingOrganization: { reference: 'Organization/o1' },
    },
    {
      resourceType: 'Patient',
      id: 'c',
      name: [{ family: 'Cole' }],
      managingOrganization: { reference: 'Organization/o2' },
    },
    { resourceType: 'Organization', id: 'o1', name: 'One' },
    { resourceType: 'Organization', id: 'o2', name: 'Two' },
    { resourceType: 'Organization', id: 'o3', name: 'Three' },
    { resourceType: 'Practitioner', id: 'janeway', identifier: [{ value: 'janeway' }] },
    observation('a1', 'Patient/a', '1234-5', { performer: [{ reference: 'Practitioner/janeway' }] }),
    observation('a2', 'Patient/a', '9999-9', { effectiveDateTime: '2020-05-05' }),
    observation('b1', 'Patient/b/_history/1', '1234-5'),
    observation('g1', 'Group/g', '1234-5'),
    { resourceType: 'Group', id: 'g', type: 'person', actual: true, member: [{ entity: { reference: 'Patient/c' } }] },
    {
      resourceType: 'Provenance',
      id: 'p1',
      target: [{ reference: 'Observation/a1' }, { reference: 'Observation/b1' }],
      recorded: '2024-01-01T00:00:00Z',
      agent: [{ who: { reference: 'Practitioner/janeway' } }],
    },
    {
      resourceType: 'List',
      id: 'l1',
      status: 'current',
      mode: 'changes',
      entry: [
        { item: { reference: 'Patient/a' } },
        { item: { reference: 'Patient/c' }, deleted: true },
        { item: { reference: 'http://localhost/fhir/Patient/b' } },
        { item: { reference: 'Organization/o2' } },
        { item: { display: 'nobody in particular' } },
      ],
    },
    {
      resourceType: 'List',
      id: 'l2',
      status: 'current',
      mode: 'working',
      entry: [{ item: { reference: 'Patient/b/_history/1' } }, { item: { reference: 'Patient/c' } }],
    },
    { resourceType: 'List', id: 'empty', status: 'current', mode: 'working' },
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

describe('_has', () => {
  it.each([
    ['what is referred to', 'Patient?_has:Observation:patient:code=1234-5', ['a', 'b']],
    ['alternatives', 'Patient?_has:Observation:patient:code=1234-5,9999-9', ['a', 'b']],
    ['references of any type', 'Group?_has:Observation:subject:code=http://loinc.org|1234-5', ['g']],
    [
      'each repetition by itself',
      'Patient?_has:Observation:patient:code=1234-5&_has:Observation:patient:code=9999-9',
      ['a'],
    ],
    ['a prefix', 'Patient?_has:Observation:patient:date=lt2021', ['a']],
    ['a modifier', 'Patient?_has:Observation:patient:date:missing=true', ['a', 'b']],
    ['nothing where nothing refers', 'Patient?_has:Immunization:patient:status=completed', []],
    ['nesting', 'Patient?_has:Observation:patient:_has:Provenance:target:agent=janeway', ['a', 'b']],
    [
      'nesting in three',
      'Organization?_has:Patient:organization:_has:Observation:patient:_has:Provenance:target:_id=p1',
      ['o1'],
    ],
    ['a chain inside', 'Patient?_has:Observation:patient:performer.identifier=janeway', ['a']],
    ['itself inside a chain', 'Observation?subject:Patient._has:Group:member:type=person', []],
    [
      'itself inside a chain, through all types',
      'Patient?organization._has:Patient:organization:family=baker',
      ['a', 'b'],
    ],
    ['_id', 'Patient?_has:Observation:patient:_id=b1', ['b']],
    ['other parameters beside', 'Patient?_has:Observation:patient:code=1234-5&family=abel', ['a']],
  ])('takes %s: %s', async (_case, search, ids) => {
    expect(await idsOf(search)).toEqual(ids);
  });

  it('counts what it finds', async () => {
    expect((await server.get('Patient?_has:Observation:patient:code=1234-5&_count=0')).body.total).toBe(2);
  });

  it.each([
    'Patient?_has=x',
    'Patient?_has:Observation=x',
    'Patient?_has:Observation:patient=x',
    'Patient?_has:Observation:patient:=x',
    'Patient?_has:Observation:code:status=x',
    'Patient?_has:Observation:performer:status=final&_has:Observation:encounter:status=final',
    'Patient?_has:Nothing:patient:code=x',
    'Patient?_has:Observation:nothing:code=x',
    'Patient?_has:Observation:patient:nothing=x',
    'Patient?_has:Observation:patient:code:exact=x',
    'Location?_has:Observation:patient:code=x',
  ])('is refused by name where it leads nowhere: %s', async (search) => {
    const { status, body } = await server.get(search);
    expect([status, body.issue[0].code]).toEqual([400, 'not-supported']);
    expect(body.issue[0].expression[0]).toMatch(/^http\._has/);
  });
});

describe('_list', () => {
  it.each([
    ['what a List names of the searched type', 'Patient?_list=l1', ['a', 'b']],
    ['each type by itself', 'Organization?_list=l1', ['o2']],
    ['the List by its literal reference', 'Patient?_list=List/l1', ['a', 'b']],
    ['alternatives', 'Patient?_list=l1,l2', ['a', 'b', 'c']],
    ['all of several Lists', 'Patient?_list=l1&_list=l2', ['b']],
    ['nothing of a List that is empty', 'Patient?_list=empty', []],
    ['nothing of a List that is not there', 'Patient?_list=nothing', []],
    ['the Lists of what a reference names', 'Observation?patient._list=l1', ['a1', 'a2', 'b1']],
    ['other parameters beside', 'Patient?_list=l1&family=baker', ['b']],
  ])('finds %s: %s', async (_case, search, ids) => {
    expect(await idsOf(search)).toEqual(ids);
  });

  it.each([
    ['AllergyIntolerance?_list=$current-allergies', 'not-supported'],
    ['Patient?_list:not=l1', 'not-supported'],
    ['Patient?_list=', 'value'],
    ['Patient?_list=Patient/1', 'value'],
  ])('refuses %s', async (search, code) => {
    const { status, body } = await server.get(search);
    expect([status, body.issue[0].code]).toEqual([400, code]);
  });
});
