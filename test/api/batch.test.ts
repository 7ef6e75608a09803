import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import {
  answersOf,
  deleteEntry,
  type Entry,
  getEntry,
  patient,
  postEntry,
  putEntry,
  sendBundle,
  statuses,
} from './entries.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const batch = (...entries: readonly Entry[]) => sendBundle(server, 'batch', entries);

describe('batch', () => {
  it('answers every entry for itself, in the order of the request', async () => {
    await server.put('Patient/b-read', patient('BRead', { id: 'b-read' }));
    await server.put('Patient/b-del', patient('BDel', { id: 'b-del' }));
    const response = await batch(
      getEntry('Patient/b-read'),
      postEntry(patient('BPost')),
      putEntry({ ...patient('BPut'), id: 'b-put' }),
      deleteEntry('Patient/b-del'),
      getEntry('Patient?family=BRead'),
      getEntry('Patient/b-read/_history'),
      getEntry('/Patient/b-read/_history/1'),
      getEntry(`${server.base}/Patient/b-read`),
      getEntry('metadata'),
    );
    expect([response.status, response.body.type]).toEqual([200, 'batch-response']);
    const answers = answersOf(response);
    expect(statuses(answers)).toEqual(['200', '201', '201', '204', '200', '200', '200', '200', '200']);
    expect(answers[0]).toMatchObject({ resource: { id: 'b-read' }, response: { status: '200 OK', etag: 'W/"1"' } });
    expect(answers[1]?.response.location).toMatch(/^Patient\/[^/]+\/_history\/1$/);
    expect(answers[4]?.resource).toMatchObject({ type: 'searchset' });
    expect(answers[5]?.resource).toMatchObject({ type: 'history' });
  });

  it('lets an entry that fails touch no other, and says what was wrong with it', async () => {
    const answers = answersOf(
      await batch(
        postEntry(patient('BGood')),
        postEntry(patient('', {})),
        getEntry('Patient/nobody'),
        { request: { method: 'POST', url: 'Patient' } },
        {},
        getEntry('Patient?shoesize=42'),
        { ...postEntry(patient('X')), request: { method: 'PATCH', url: 'Patient/1' } },
        { resource: { resourceType: 'Bundle', type: 'batch' }, request: { method: 'POST', url: '/' } },
        putEntry({ ...patient('BGood'), id: 'b-good' }),
      ),
    );
    expect(statuses(answers)).toEqual(['201', '400', '404', '400', '400', '400', '400', '400', '201']);
    expect(answers.map(({ response }) => response.outcome?.issue[0]?.expression)).toEqual([
      undefined,
      ['Bundle.entry[1].resource.name[0].family'],
      ['Bundle.entry[2]'],
      ['Bundle.entry[3]'],
      ['Bundle.entry[4]'],
      ['Bundle.entry[5].request'],
      ['Bundle.entry[6].resource'],
      ['Bundle.entry[7]'],
      undefined,
    ]);
    expect((await server.get('Patient?family=BGood&_count=0')).body.total).toBe(2);
  });

  it('answers entries that are not what an entry must be with their own refusals', async () => {
    const broken: object[] = [
      { request: { method: 'GET' } },
      { request: { url: 'Patient/1' } },
      { request: 'GET Patient/1' },
      { resource: 'Patient', request: { method: 'POST', url: 'Patient' } },
      { fullUrl: 7, request: { method: 'GET', url: 'Patient/1' } },
    ];
    const answers = answersOf(await batch(...(broken as readonly Entry[]), postEntry(patient('BRight'))));
    expect(statuses(answers)).toEqual(['400', '400', '400', '400', '400', '201']);
    expect(answers[0]?.response.outcome?.issue[0]).toMatchObject({ expression: ['Bundle.entry[0].request'] });
    expect(answers[4]?.response.outcome?.issue[0]).toMatchObject({ expression: ['Bundle.entry[4].fullUrl'] });
  });

  it('answers an empty batch with an empty answer', async () => {
    expect((await batch()).body).toEqual({ resourceType: 'Bundle', type: 'batch-response' });
  });

  it('honours ifMatch and ifNoneExist of its entries', async () => {
    await server.put('Patient/b-m', patient('BM', { id: 'b-m', identifier: [{ system: 'urn:b', value: '1' }] }));
    const answers = answersOf(
      await batch(
        putEntry({ ...patient('BM2'), id: 'b-m' }, { ifMatch: 'W/"9"' }),
        postEntry(patient('BM3'), { ifNoneExist: 'identifier=urn:b|1' }),
      ),
    );
    expect(statuses(answers)).toEqual(['412', '200']);
    expect(answers[1]?.response.location).toBe('Patient/b-m/_history/1');
  });
});
