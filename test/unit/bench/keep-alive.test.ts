import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { formatRequest, measureAnswer, openConnection } from '../../../bench/keep-alive.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen<Kind extends Server>(server: Kind): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const request = formatRequest({ method: 'GET', path: '/Patient/1' });

describe('a connection of the clients', () => {
  it('sends requests that a server understands, one after the other', async () => {
    const seen: string[] = [];
    const port = await listen(
      createHttpServer(async (incoming, response) => {
        let body = '';
        for await (const chunk of incoming) body += chunk;
        seen.push(`${incoming.method} ${incoming.url} ${body}`);
        response.writeHead(201, { 'Content-Length': 2 }).end('ok');
      }),
    );
    const connection = await openConnection(port);
    const post = formatRequest({ method: 'POST', path: '/Patient', body: '{"name":"Zoë"}' });
    const [first, second] = [await connection.exchange(request), await connection.exchange(post)];
    connection.close();
    expect([first.status, first.body.toString(), second.status]).toEqual([201, 'ok', 201]);
    expect(seen).toEqual(['GET /fhir/Patient/1 ', 'POST /fhir/Patient {"name":"Zoë"}']);
  });

  it('puts an answer together that comes in pieces', async () => {
    const answer = `HTTP/1.1 200 OK\r\ncontent-length: 300\r\n\r\n${'x'.repeat(300)}`;
    const port = await listen(
      createServer({ noDelay: true }, (socket) => {
        socket
          .on('error', () => {})
          .once('data', async () => {
            for (let at = 0; at < answer.length; at += 25) {
              socket.write(answer.slice(at, at + 25));
              await new Promise((resolve) => setImmediate(resolve));
            }
          });
      }),
    );
    const connection = await openConnection(port);
    const { status, body } = await connection.exchange(request);
    connection.close();
    expect([status, body.toString()]).toEqual([200, 'x'.repeat(300)]);
  });

  it('reports a server that closes instead of answering', async () => {
    const port = await listen(createServer((socket) => socket.once('data', () => socket.end())));
    const connection = await openConnection(port);
    await expect(connection.exchange(request)).rejects.toThrow('closed the connection');
  });

  it('reports an answer whose length it can not know', () => {
    expect(() => measureAnswer(Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'))).toThrow(
      'Content-Length',
    );
  });

  it('waits for the end of the head', () => {
    expect(measureAnswer(Buffer.from('HTTP/1.1 200 OK\r\nContent-Le'))).toBeUndefined();
  });
});
