/** Whose records a token shows: of every type and by every way in, those of its patient and nobody else's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asPatient, asStaff, asSystem } from '../../support/issuer.ts';
import { type Asking, recordOf, startWorld, type World } from './world.ts';

let world: World;
let a: Asking;
beforeAll(async () => {
  world = await startWorld([...recordOf('a'), ...recordOf('b')]);
  a = await world.as(asPatient('a'));
});
afterAll(() => world.server.close());

const ids = (bundle: { entry?: { resource: { id: string } }[] }) =>
  (bundle.entry ?? []).map(({ resource }) => resource.id);

describe('a token of a patient', () => {
  it.each(recordOf('a'))('reads their own $resourceType/$id', async ({ resourceType, id }) => {
    const answer = await a.get(`${resourceType}/${id}`);
    expect([answer.status, answer.body.id]).toEqual([200, id]);
    expect((await a.get(`${resourceType}/${id}/_history/1`)).status).toBe(200);
    expect((await a.get(`${resourceType}/${id}/_history`)).body.total).toBe(1);
    expect(ids((await a.get(`${resourceType}?_id=${id}`)).body)).toEqual([id]);
  });

  it.each(recordOf('b'))('gets nothing of another’s $resourceType/$id (CMP-01)', async (resource) => {
    const { resourceType, id } = resource;
    const gone = [`${resourceType}/${id}`, `${resourceType}/${id}/_history/1`, `${resourceType}/${id}/_history`];
    for (const path of gone) expect((await a.get(path)).status).toBe(404);
    const lists = [`${resourceType}?_id=${id}`, resourceType, `${resourceType}/_history`, '_history'];
    for (const path of lists) expect((await a.get(path)).text).not.toContain(`/${resourceType}/${id}"`);
    const writes = [
      await a.put(`${resourceType}/${id}`, resource),
      await a.patch(`${resourceType}/${id}`, [{ op: 'remove', path: '/language' }]),
    ];
    expect(writes.map(({ status }) => status)).toEqual(resourceType === 'RelatedPerson' ? [403, 403] : [404, 404]);
    await a.delete(`${resourceType}/${id}`);
    const system = await world.as(asSystem());
    expect((await system.get(`${resourceType}/${id}`)).body.meta.versionId).toBe('1');
  });

  it('lists their own record alone, and counts nothing else (SRC-01, SRC-02)', async () => {
    expect(ids((await a.get('Immunization')).body)).toEqual(['imm-a']);
    expect((await a.get('Immunization?_count=0')).body.total).toBe(1);
    expect(ids((await a.get('Observation?patient=b')).body)).toEqual([]);
    expect(ids((await a.get('Patient')).body)).toEqual(['a']);
  });

  it('reads what everybody’s records refer to', async () => {
    for (const path of ['Practitioner/staff', 'Location/site', 'Organization/org']) {
      expect((await a.get(path)).status).toBe(200);
    }
    expect(ids((await a.get('Location?name=School')).body)).toEqual(['site']);
  });

  it('gets everything of their own by $everything, and nothing of another’s (SRC-16)', async () => {
    const own = (await a.get('Patient/a/$everything')).body;
    expect(ids(own).sort()).toEqual([...recordOf('a').map(({ id }) => id), 'site', 'staff'].sort());
    expect((await a.get('Patient/b/$everything')).status).toBe(404);
  });
});

describe('membership of a compartment', () => {
  const others = (id: string, extra: object) => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { text: id },
    subject: { reference: 'Patient/b' },
    ...extra,
  });

  it('comes by the formal parameters alone (CMP-03)', async () => {
    const system = await world.as(asSystem());
    const mentioning = [
      others('focus', { focus: [{ reference: 'Patient/a' }] }),
      others('extension', { extension: [{ url: 'http://example.org/x', valueReference: { reference: 'Patient/a' } }] }),
      others('contained', { contained: [{ resourceType: 'Patient', id: 'a' }], focus: [{ reference: '#a' }] }),
      others('logical', { focus: [{ type: 'Patient', identifier: { value: 'mrn-a' } }] }),
    ];
    for (const resource of mentioning) {
      expect((await system.put(`Observation/${resource.id}`, resource)).status).toBe(201);
      expect((await a.get(`Observation/${resource.id}`)).status).toBe(404);
    }
    const linked = { ...recordOf('b')[0], link: [{ other: { reference: 'Patient/a' }, type: 'seealso' }] };
    expect((await system.put('Patient/b', linked)).status).toBe(200);
    expect((await a.get('Patient/b')).status).toBe(404);
    expect(ids((await a.get('Patient')).body)).toEqual(['a']);
  });

  it('of several patients is nobody’s alone (CMP-04)', async () => {
    const system = await world.as(asSystem());
    const group = {
      resourceType: 'Group',
      id: 'both',
      type: 'person',
      actual: true,
      member: [{ entity: { reference: 'Patient/a' } }, { entity: { reference: 'Patient/b' } }],
    };
    await system.put('Group/both', group);
    await system.put('Group/alone', { ...group, id: 'alone', member: group.member.slice(0, 1) });
    expect((await a.get('Group/both')).status).toBe(404);
    expect(ids((await a.get('Group')).body)).toEqual(['alone']);
  });

  it.each([
    ['own', 'http://localhost/fhir/Patient/a', 200],
    ['versioned', 'Patient/a/_history/1', 200],
    ['foreign', 'https://other.example.org/fhir/Patient/a', 404],
    ['nobody', undefined, 404],
  ])('is told from an %s reference (CMP-05, CMP-06)', async (id, reference, status) => {
    const system = await world.as(asSystem());
    const subject = reference === undefined ? {} : { subject: { reference } };
    const observation = { resourceType: 'Observation', id, status: 'final', code: { text: id }, ...subject };
    await system.put(`Observation/${id}`, observation);
    expect((await a.get(`Observation/${id}`)).status).toBe(status);
  });

  it('doesn’t reach a Binary, which has no subject to go by (CMP-11)', async () => {
    const system = await world.as(asSystem());
    await system.put('Binary/bin', { resourceType: 'Binary', id: 'bin', contentType: 'text/plain', data: 'eA==' });
    expect((await a.get('Binary/bin')).status).toBe(404);
  });
});

describe('a clinician’s token', () => {
  it('of a launch shows the patient in context alone (SCO-08)', async () => {
    const launched = await world.as(asStaff('patient/Observation.rs user/Patient.rs', 'a'));
    expect(ids((await launched.get('Observation?subject=Patient/b')).body)).toEqual([]);
    expect(ids((await launched.get('Patient')).body).sort()).toEqual(['a', 'b']);
    expect((await launched.get('Observation/lab-b')).status).toBe(404);
    expect((await launched.get('Observation/lab-a')).status).toBe(200);
  });

  it('shows every patient with user/ scopes', async () => {
    const staff = await world.as(asStaff());
    expect(ids((await staff.get('Immunization')).body).sort()).toEqual(['imm-a', 'imm-b']);
  });
});
