import type { Response } from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type CuttableProxy, startCuttableProxy } from '../support/cuttable-proxy.ts';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { patient, postEntry, sendBundle } from './entries.ts';

let proxy: CuttableProxy;
let server: TestServer;
beforeAll(async () => {
  proxy = await startCuttableProxy(inject('mongodbUri'));
  server = await startTestServer({ uri: proxy.uri });
  await server.put('Patient/p', patient('P', { id: 'p' }));
});
afterEach(() => proxy.mend());
afterAll(async () => {
  await server.close();
  await proxy.cut();
});

const everyKind = (): readonly PromiseLike<Response>[] => [
  server.get('Patient/p'),
  server.get('Patient?family=P'),
  server.get('Patient/p/_history'),
  server.post('Patient', patient('New')),
  server.post('Patient', patient('New')).set('If-None-Exist', 'identifier=urn:n|1'),
  server.put('Patient/q', patient('Q', { id: 'q' })),
  server.delete('Patient/q'),
  ...Array.from({ length: 5 }, () => server.put('Patient/hot', patient('Hot', { id: 'hot' }))),
  sendBundle(server, 'transaction', [postEntry(patient('New'))]),
];

function expectUnavailable({ status, body, headers }: Response): void {
  expect([status, body.resourceType]).toEqual([503, 'OperationOutcome']);
  expect(body.issue[0].code).toMatch(/^(transient|timeout)$/);
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
}

async function untilReady(): Promise<void> {
  for (;;) {
    if ((await server.fhir.get('/readyz')).status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('while the database is gone', () => {
  it('every request is answered 503 with Retry-After, readiness says so, and all comes back by itself', async () => {
    expect((await server.fhir.get('/readyz')).status).toBe(200);
    await proxy.cut();
    for (const response of await Promise.all(everyKind())) expectUnavailable(response);
    const ready = await server.fhir.get('/readyz');
    expect([ready.status, Number(ready.headers['retry-after']) > 0]).toEqual([503, true]);
    expect((await server.fhir.get('/livez')).status).toBe(200);
    const batch = await sendBundle(server, 'batch', [postEntry(patient('New'))]);
    expect(batch.body.entry[0].response.status).toBe('503 Service Unavailable');
    await proxy.mend();
    await untilReady();
    for (const { status } of await Promise.all(everyKind())) expect(status).toBeLessThan(300);
    expect(server.errors).toEqual([]);
  });

  it('that accepts connections and answers nothing is as good as gone', async () => {
    proxy.block();
    for (const response of await Promise.all(everyKind())) expectUnavailable(response);
    expect((await server.fhir.get('/readyz')).status).toBe(503);
    await proxy.mend();
    await untilReady();
    expect((await server.get('Patient/p')).status).toBe(200);
  });

  it('requests that were under way when it went are answered too, and what was acknowledged is there', async () => {
    const writes = Array.from({ length: 40 }, (_, index) =>
      server.put(`Patient/u${index}`, patient('U', { id: `u${index}` })),
    );
    const answered = Promise.all(writes);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await proxy.mend();
    const answers = await answered;
    expect(
      answers.filter(({ status }) => ![200, 201, 503].includes(status)).map(({ body }) => JSON.stringify(body)),
    ).toEqual([]);
    await untilReady();
    for (const [index, { status }] of answers.entries()) {
      if (status < 300) expect((await server.get(`Patient/u${index}`)).status).toBe(200);
    }
    expect(server.errors).toEqual([]);
  });

  it('a transaction that is cut off half way is done as a whole or not at all', async () => {
    const families = Array.from({ length: 12 }, (_, index) => `Half${index}x`);
    const answered = Promise.all(
      families.map((family) =>
        sendBundle(
          server,
          'transaction',
          Array.from({ length: 10 }, () => postEntry(patient(family))),
        ),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 60));
    await proxy.cut();
    await proxy.mend();
    const answers = await answered;
    await untilReady();
    for (const [index, family] of families.entries()) {
      const { body } = await server.get(`Patient?family=${family}&_count=0`);
      if (answers[index]?.status === 200) expect(body.total).toBe(10);
      else expect([0, 10]).toContain(body.total);
    }
  });
});
