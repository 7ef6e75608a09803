/** Conditions that lead through references (FHIR R4, http.html#ccreate, search.html#chaining). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServers, type TestServer } from '../support/jenner.ts';

let servers: readonly TestServer[];
let server: TestServer;
beforeAll(async () => {
  servers = await startTestServers(2);
  [server] = servers as [TestServer];
  for (const id of ['one', 'two']) {
    await server.put(`Patient/${id}`, { resourceType: 'Patient', id, identifier: [{ system: 'urn:mrn', value: id }] });
  }
});
afterAll(() => server.close());

const dose = (patient: string, lotNumber = 'x') => ({
  resourceType: 'Immunization',
  status: 'completed',
  vaccineCode: { text: 'x' },
  patient: { reference: `Patient/${patient}` },
  occurrenceDateTime: '2024-01-01',
  lotNumber,
});
const count = async (search: string): Promise<number> => (await server.get(`${search}&_count=0`)).body.total;

describe('a condition with a chain', () => {
  it('makes exactly one of what many clients create at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, client) =>
        (servers[client % 2] ?? server)
          .post('Immunization', dose('one'))
          .set('If-None-Exist', 'patient.identifier=urn:mrn|one&lot-number=x'),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array.from({ length: 15 }, () => 200), 201]);
    expect(await count('Immunization?patient=one')).toBe(1);
  });

  it('names the resource of a conditional update, patch and delete', async () => {
    const condition = 'Immunization?patient.identifier=urn:mrn|two';
    expect((await server.put(condition, dose('two', 'a'))).status).toBe(201);
    expect((await server.put(condition, dose('two', 'b'))).status).toBe(200);
    const patch = [{ op: 'replace', path: '/lotNumber', value: 'c' }];
    expect((await server.patch(condition, patch)).body.lotNumber).toBe('c');
    expect(await count('Immunization?patient=two')).toBe(1);
    expect((await server.delete('Immunization?patient._has:Immunization:patient:lot-number=c')).status).toBe(204);
    expect(await count('Immunization?patient=two')).toBe(0);
  });

  it('is a reference of a transaction, unless the transaction writes resources of that type', async () => {
    const transaction = (...resources: readonly object[]) =>
      server.post('', {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: resources.map((resource) => ({
          resource,
          request: { method: 'POST', url: (resource as { resourceType: string }).resourceType },
        })),
      });
    const reference = 'Patient?_has:Immunization:patient:lot-number=x';
    const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference } };
    expect((await transaction(observation)).status).toBe(200);
    expect(await count('Observation?patient=one')).toBe(1);
    const refused = await transaction(observation, { resourceType: 'Patient' });
    expect([refused.status, refused.body.issue[0].code]).toEqual([400, 'not-supported']);
  });
});
