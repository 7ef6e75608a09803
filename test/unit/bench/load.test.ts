import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { runLoad } from '../../../bench/load.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const order = { shape: 'read', people: 1000, clients: 3, seconds: 0.2, seed: 1 };
const sendJson = (response: Parameters<RequestListener>[1], text: string) =>
  response.writeHead(200, { 'Content-Length': Buffer.byteLength(text) }).end(text);

describe('the load', () => {
  it('is as many clients as ordered, each waiting for its answer', async () => {
    let waiting: (() => void)[] = [];
    let inFlight = 0;
    let most = 0;
    let areAllThere = false;
    const port = await serve((request, response) => {
      most = Math.max(most, ++inFlight);
      waiting.push(() => {
        inFlight--;
        sendJson(response, `{"id":"${request.url?.split('/').at(-1)}"}`);
      });
      // The first answer waits for the last client to ask.
      areAllThere ||= waiting.length === order.clients;
      if (!areAllThere) return;
      for (const answer of waiting) answer();
      waiting = [];
    });
    const { latencies, problems, bytes, seconds } = await runLoad({ ...order, port });
    expect(problems).toEqual([]);
    expect(most).toBe(order.clients);
    expect(latencies.length).toBeGreaterThanOrEqual(order.clients);
    expect(bytes).toBe(latencies.length * '{"id":"01234567-0123-0123-0123-0123456789ab"}'.length);
    expect(seconds).toBeGreaterThanOrEqual(order.seconds);
  });

  it('stops at answers that are wrong and tells which', async () => {
    const port = await serve((_request, response) => sendJson(response, '{"id":"another"}'));
    const { problems } = await runLoad({ ...order, port, seconds: 60 });
    expect(problems.length).toBeGreaterThanOrEqual(5);
    expect(problems[0]).toMatch(/^GET \/Immunization\/.+: no "id":".+" in: \{"id":"another"\}$/);
  });

  it('fails with a server that goes away', async () => {
    const port = await serve((request) => request.socket.destroy());
    await expect(runLoad({ ...order, port })).rejects.toThrow('closed the connection');
  });

  it('is of a shape that there is', async () => {
    await expect(runLoad({ ...order, port: 1, shape: 'reed' })).rejects.toThrow('no shape reed');
  });
});
