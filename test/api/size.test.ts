import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ maxBody: 60_000_000 });
});
afterAll(() => server.close());

const binary = (bytes: number) => ({ resourceType: 'Binary', contentType: 'text/plain', data: 'A'.repeat(bytes) });

describe('a resource of many bytes', () => {
  it('is kept whole while the database can hold it', async () => {
    const created = await server.post('Binary', binary(12_000_000));
    expect(created.status).toBe(201);
    const read = await server.get(`Binary/${created.body.id}`);
    expect(read.body.data).toHaveLength(12_000_000);
  });

  it('is refused with 413 where no document could hold it, alone and in a transaction', async () => {
    const alone = await server.post('Binary', binary(16_000_000));
    expect([alone.status, alone.body.issue?.[0]?.code]).toEqual([413, 'too-long']);
    const entry = { resource: binary(16_000_000), request: { method: 'POST', url: 'Binary' } };
    const bundled = await server.post('', { resourceType: 'Bundle', type: 'transaction', entry: [entry] });
    expect(bundled.status).toBe(413);
    expect(server.errors).toEqual([]);
  });

  it('may have long values in what searches look at', async () => {
    const long = 'x'.repeat(900_000);
    const created = await server.post('Patient', {
      resourceType: 'Patient',
      identifier: [{ system: 'urn:test', value: long }],
      name: [{ family: long, given: [long] }],
    });
    expect(created.status).toBe(201);
    const found = await server.get('Patient?family=xxxxxxxxxx');
    expect(found.body.entry).toHaveLength(1);
    expect(server.errors).toEqual([]);
  });
});
