import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import {
  answersOf,
  countMatches,
  deleteEntry,
  type Entry,
  idOf,
  patient,
  postEntry,
  putEntry,
  sendBundle,
  statuses,
  uuid,
} from './entries.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const transact = (...entries: readonly Entry[]) => sendBundle(server, 'transaction', entries);
const total = (search: string) => countMatches(server, search);

describe('conditions in a transaction', () => {
  const SYSTEM = 'urn:oid:2.9';
  const known = (value: string) => ({ ...patient(`Known${value}`), identifier: [{ system: SYSTEM, value }] });

  it('resolves conditional references to what is stored, and to what the transaction itself creates', async () => {
    const { body: stored } = await server.post('Patient', known('stored'));
    const response = await transact(
      postEntry({
        resourceType: 'Flag',
        status: 'active',
        code: { text: 'a' },
        subject: { reference: `Patient?identifier=${SYSTEM}|stored` },
      } as never),
      postEntry({
        resourceType: 'Flag',
        status: 'active',
        code: { text: 'b' },
        subject: { reference: `Patient?identifier=${SYSTEM}|own` },
      } as never),
      postEntry(known('own')),
    );
    expect(response.status).toBe(200);
    const [a, b, own] = answersOf(response).map(idOf);
    expect((await server.get(`Flag/${a}`)).body.subject.reference).toBe(`Patient/${stored.id}`);
    expect((await server.get(`Flag/${b}`)).body.subject.reference).toBe(`Patient/${own}`);
  });

  it('fails where a conditional reference matches none or several, and says in which entry', async () => {
    await server.post('Patient', known('twice'));
    await server.post('Patient', known('twice'));
    for (const [value, code] of [
      ['none', 'not-found'],
      ['twice', 'multiple-matches'],
    ]) {
      const response = await transact(
        postEntry(patient(`Not${value}`)),
        postEntry({
          resourceType: 'Flag',
          status: 'active',
          code: { text: 'a' },
          subject: { reference: `Patient?identifier=${SYSTEM}|${value}` },
        } as never),
      );
      expect([response.status, response.body.issue[0].code]).toEqual([412, code]);
      expect(response.body.issue[0].expression[0]).toMatch(/^Bundle\.entry\[1\]/);
      expect(await total(`Patient?family=Not${value}`)).toBe(0);
    }
  });

  it('creates with ifNoneExist where nothing matches, refers to what does, and fails where several do', async () => {
    const entry = { ...postEntry(known('once'), { ifNoneExist: `identifier=${SYSTEM}|once` }), fullUrl: uuid(5) };
    const flag = postEntry({
      resourceType: 'Flag',
      status: 'active',
      code: { text: 'a' },
      subject: { reference: uuid(5) },
    } as never);
    const [first, second] = [answersOf(await transact(entry, flag)), answersOf(await transact(entry, flag))];
    expect([...statuses(first), ...statuses(second)]).toEqual(['201', '201', '200', '201']);
    expect(second[0]?.response.location).toBe(first[0]?.response.location);
    expect(await total(`Flag?patient=${idOf(first[0])}`)).toBe(2);
    const several = await transact(postEntry(known('twice'), { ifNoneExist: `identifier=${SYSTEM}|twice` }));
    expect([several.status, several.body.issue[0].code]).toEqual([412, 'multiple-matches']);
  });

  it('checks ifMatch of its entries, and does nothing where one fails', async () => {
    await server.put('Patient/c-m', patient('CM', { id: 'c-m' }));
    const stale = await transact(
      postEntry(patient('CMOther')),
      putEntry({ ...patient('CM2'), id: 'c-m' }, { ifMatch: 'W/"2"' }),
    );
    expect([stale.status, stale.body.issue[0].expression]).toEqual([412, ['Bundle.entry[1]']]);
    expect((await transact(deleteEntry('Patient/c-m', { ifMatch: 'W/"9"' }))).status).toBe(412);
    expect(await total('Patient?family=CMOther')).toBe(0);
    const current = await transact(putEntry({ ...patient('CM2'), id: 'c-m' }, { ifMatch: 'W/"1"' }));
    expect(answersOf(current)[0]?.response.etag).toBe('W/"2"');
  });

  it('fails where identities overlap', async () => {
    await server.post('Patient', known('overlap'));
    const { body } = await server.get(`Patient?identifier=${SYSTEM}|overlap`);
    const id = body.entry[0].resource.id;
    const condition = { ifNoneExist: `identifier=${SYSTEM}|overlap` };
    const overlapping = [
      [putEntry({ ...patient('X'), id: 'ov' }), deleteEntry('Patient/ov')],
      [putEntry({ ...patient('X'), id: 'ov' }), putEntry({ ...patient('Y'), id: 'ov' })],
      [deleteEntry(`Patient/${id}`), postEntry(known('overlap'), condition)],
      [
        postEntry(known('overlap2'), { ifNoneExist: 'identifier=overlap2&family=a' }),
        postEntry(known('overlap2'), { ifNoneExist: 'family=a&identifier=overlap2' }),
      ],
      [
        { ...postEntry(patient('X')), fullUrl: uuid(6) },
        { ...postEntry(patient('X')), fullUrl: uuid(6) },
      ],
    ];
    for (const entries of overlapping) {
      const { status, body: outcome } = await transact(...entries);
      expect([status, outcome.issue[0].expression[0]]).toEqual([400, 'Bundle.entry[1]']);
    }
    expect((await server.get(`Patient/${id}`)).status).toBe(200);
    expect((await server.get('Patient/ov')).status).toBe(404);
  });
});
