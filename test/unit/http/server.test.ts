import { connect } from 'node:net';
import express, { type RequestHandler } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { type Door, listen } from '../../../src/http/server.ts';

let door: Door | undefined;
afterEach(() => door?.close());
const openDoor = async (): Promise<Door> => {
  door = await listen(0, '127.0.0.1');
  return door;
};

const appOf = (handler: RequestHandler) => express().use(handler);

/** What comes back for these bytes until the server closes the connection. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}
const outcomeIn = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));

describe('the listening socket', () => {
  it('answers 503 with Retry-After until there is an application, and that the process lives', async () => {
    const { port, open } = await openDoor();
    const early = await fetch(`http://127.0.0.1:${port}/fhir/Patient`);
    expect([early.status, early.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await early.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'transient' }] });
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
    open(appOf((_request, response) => void response.end('open')));
    expect(await (await fetch(`http://127.0.0.1:${port}/fhir/Patient`)).text()).toBe('open');
  });

  it.each([
    'nonsense\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n',
    '\0\r\n\r\n',
  ])('answers 400 with an outcome to what is no request: %j', async (bytes) => {
    const { port } = await openDoor();
    const answer = await exchange(port, bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(outcomeIn(answer)).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'invalid' }] });
  });

  it('answers 431 with an outcome to a URL or headers that are too long', async () => {
    const { port } = await openDoor();
    const answer = await exchange(port, `GET /fhir/Patient?_id=${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(outcomeIn(answer)).toMatchObject({ issue: [{ code: 'too-long' }] });
  });

  it('refuses a port that is taken', async () => {
    const { port } = await openDoor();
    await expect(listen(port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('lets requests in flight finish when it closes, and takes no more', async () => {
    const { port, open, close } = await openDoor();
    const arrived = new Promise<() => void>((resolve) => {
      open(appOf((_request, response) => resolve(() => response.end('finished'))));
    });
    const answer = fetch(`http://127.0.0.1:${port}/`).then((response) => response.text());
    const finish = await arrived;
    const closed = close();
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
    finish();
    expect(await answer).toBe('finished');
    await closed;
  });
});
