/** What may be written: judged on what is stored and on what is to be stored. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asPatient, asStaff, asSystem } from '../../support/issuer.ts';
import { type Asking, recordOf, startWorld, type World } from './world.ts';

let world: World;
let a: Asking;
let system: Asking;
beforeAll(async () => {
  world = await startWorld([...recordOf('a'), ...recordOf('b')]);
  a = await world.as(asPatient('a'));
  system = await world.as(asSystem());
});
afterAll(() => world.server.close());

const dose = (id: string | undefined, patient: string, more: object = {}) => ({
  resourceType: 'Immunization',
  ...(id === undefined ? {} : { id }),
  status: 'completed',
  vaccineCode: { text: 'x' },
  occurrenceDateTime: '2024-01-01',
  patient: { reference: `Patient/${patient}` },
  ...more,
});
const transaction = (...entry: object[]) => ({ resourceType: 'Bundle', type: 'transaction', entry });
const put = (resource: { id?: string }) => ({
  resource,
  request: { method: 'PUT', url: `Immunization/${resource.id}` },
});

describe('a write', () => {
  it('keeps a resource within reach: it can’t be moved to another patient (WRT-01, WRT-02)', async () => {
    const stored = (await a.get('Immunization/imm-a')).body;
    const move = [{ op: 'replace', path: '/patient/reference', value: 'Patient/b' }];
    const fhirpath = {
      resourceType: 'Parameters',
      parameter: [
        {
          name: 'operation',
          part: [
            { name: 'type', valueCode: 'replace' },
            { name: 'path', valueString: 'Immunization.patient.reference' },
            { name: 'value', valueString: 'Patient/b' },
          ],
        },
      ],
    };
    const moves = [
      await a.put('Immunization/imm-a', dose('imm-a', 'b')),
      await a.patch('Immunization/imm-a', move),
      await a.patch('Immunization/imm-a', fhirpath),
      await a.put('Immunization?_id=imm-a', dose(undefined, 'b')),
      await a.patch('Immunization?_id=imm-a', move),
      await a.post('', transaction(put(dose('imm-a', 'b')))),
      await a.post('Immunization', dose(undefined, 'b')),
    ];
    expect(moves.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403, 403]);
    expect((await a.get('Immunization/imm-a')).body).toEqual(stored);
  });

  it('of another’s resource is as if it were not there (WRT-01, WRT-08, WRT-10)', async () => {
    const stored = (await system.get('Immunization/imm-b')).body;
    const refused = [
      await a.put('Immunization/imm-b', dose('imm-b', 'a')),
      await a.put('Immunization/imm-b', dose('imm-b', 'a')).set('If-Match', 'W/"1"'),
      await a.put('Immunization/free', dose('free', 'a')),
      await a.put('Immunization/free', dose('free', 'a')).set('If-Match', 'W/"1"'),
      await a.post('', transaction(put(dose('imm-b', 'a')))),
      await a.post('', transaction(put(dose('free', 'a')))),
    ];
    expect(refused.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
    expect((await a.delete('Immunization/imm-b')).status).toBe(204);
    expect((await system.get('Immunization/imm-b')).body).toEqual(stored);
  });

  it('of one’s own goes through, also under an id that was one’s own before', async () => {
    const created = await a.post('Immunization', dose(undefined, 'a'));
    expect(created.status).toBe(201);
    const { id } = created.body;
    expect((await a.put(`Immunization/${id}`, dose(id, 'a', { lotNumber: 'x' }))).status).toBe(200);
    expect((await a.delete(`Immunization/${id}`)).status).toBe(204);
    expect((await a.get(`Immunization/${id}`)).status).toBe(410);
    expect((await (await world.as(asPatient('b'))).get(`Immunization/${id}`)).status).toBe(404);
    expect((await a.put(`Immunization/${id}`, dose(id, 'a'))).status).toBe(201);
  });

  it('under an id of the client’s choice is for those from whom nothing is hidden', async () => {
    expect((await system.put('Immunization/chosen', dose('chosen', 'a'))).status).toBe(201);
    const staff = await world.as(asStaff());
    expect((await staff.put('Immunization/chosen-too', dose('chosen-too', 'a'))).status).toBe(201);
  });

  it('of a condition finds within reach alone (WRT-09)', async () => {
    expect((await a.post('Immunization', dose(undefined, 'a')).set('If-None-Exist', 'lot-number=lot-b')).status).toBe(
      201,
    );
    expect((await a.put('Immunization?lot-number=lot-b', dose(undefined, 'a', { lotNumber: 'mine' }))).status).toBe(
      201,
    );
    expect((await a.put('Immunization?lot-number=none', dose('imm-b', 'a'))).status).toBe(404);
    expect((await a.put('Immunization?lot-number=none', dose('free', 'a'))).status).toBe(404);
  });

  it('of the same resource by many at once stays within reach (WRT-15)', async () => {
    const { body } = await a.post('Immunization', dose(undefined, 'a'));
    const own = () => a.put(`Immunization/${body.id}`, dose(body.id, 'a', { lotNumber: `${Math.random()}` }));
    const moved = system.put(`Immunization/${body.id}`, dose(body.id, 'b'));
    const answers = await Promise.all([own(), moved, own(), own(), own()]);
    expect(answers.map(({ status }) => status).every((status) => [200, 404].includes(status))).toBe(true);
    const now = (await system.get(`Immunization/${body.id}`)).body;
    expect(now.patient.reference).toBe('Patient/b');
  });
});

describe('security labels', () => {
  const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'N' }];
  const labelled = (id: string | undefined) => dose(id, 'a', { meta: { security } });
  const parameters = { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: { security } }] };

  it('are not a patient’s to set, by any way (WRT-03)', async () => {
    const writes = [
      await a.post('Immunization', labelled(undefined)),
      await a.put('Immunization/chosen', labelled('chosen')),
      await a.patch('Immunization/chosen', [{ op: 'add', path: '/meta/security', value: security }]),
      await a.post('Immunization/chosen/$meta-add', parameters),
      await a.post(
        '',
        transaction({ resource: labelled(undefined), request: { method: 'POST', url: 'Immunization' } }),
      ),
    ];
    expect(writes.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  });

  it('are not a patient’s to remove (WRT-03)', async () => {
    expect((await system.put('Immunization/labelled', labelled('labelled'))).status).toBe(201);
    const writes = [
      await a.put('Immunization/labelled', dose('labelled', 'a')),
      await a.patch('Immunization/labelled', [{ op: 'remove', path: '/meta/security' }]),
      await a.post('Immunization/labelled/$meta-delete', parameters),
    ];
    expect(writes.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect((await a.put('Immunization/labelled', labelled('labelled'))).status).toBe(200);
  });
});

describe('what the server decides', () => {
  it('about a resource can’t be set from outside (WRT-04, WRT-05)', async () => {
    const meta = { versionId: '99', lastUpdated: '1999-01-01T00:00:00Z' };
    const { body } = await a.post('Immunization', dose('mine', 'a', { meta }));
    expect(body.id).not.toBe('mine');
    expect([body.meta.versionId, body.meta.lastUpdated > '2000']).toEqual(['1', true]);
    for (const name of ['c', 'del', 'sv', 's_patient', '_id']) expect(Object.keys(body)).not.toContain(name);
    const odd = { c: ['Patient/b'], s_patient: 'Patient/b' };
    const answer = await a.post('Immunization', dose(undefined, 'a', odd));
    expect(answer.status === 201 ? (await a.get(`Immunization/${answer.body.id}`)).status : 200).toBe(200);
  });

  it.each(['/__proto__/x', '/constructor/prototype/x', '/meta/versionId', '/id'])(
    'can’t be reached by a patch of %s (WRT-06)',
    async (path) => {
      const answer = await a.patch('Immunization/chosen', [{ op: 'add', path, value: 'x' }]);
      const { body } = await a.get('Immunization/chosen');
      expect([answer.status < 500, body.id, ({} as { x?: string }).x]).toEqual([true, 'chosen', undefined]);
    },
  );

  it('about audit is nobody’s to change (WRT-18)', async () => {
    const event = {
      resourceType: 'AuditEvent',
      id: 'audit',
      type: { code: 'rest' },
      recorded: '2024-01-01T00:00:00Z',
      agent: [{ requestor: true }],
      source: { observer: { display: 'x' } },
    };
    await system.put('AuditEvent/audit', event);
    for (const as of [a, await world.as(asStaff())]) {
      const writes = [
        await as.post('AuditEvent', event),
        await as.put('AuditEvent/audit', event),
        await as.patch('AuditEvent/audit', [{ op: 'remove', path: '/source' }]),
        await as.delete('AuditEvent/audit'),
      ];
      expect(writes.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    }
  });
});
