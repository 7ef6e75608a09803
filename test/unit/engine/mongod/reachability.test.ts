import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whyUnreachable } from '../../../../src/engine/mongod/reachability.ts';

describe('a download', () => {
  let server: Server;
  let address = '';
  beforeEach(async () => {
    server = createServer((request, response) => {
      response.writeHead(request.url === '/there' ? 200 : 403).end();
    });
    server.on('connect', (request, socket) => {
      const status = request.url === 'reachable.example.org:443' ? '200 OK' : '502 Bad Gateway';
      socket.end(`HTTP/1.1 ${status}\r\n\r\n`);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is reachable where the host has it', async () => {
    expect(await whyUnreachable(`${address}/there`, {})).toBeUndefined();
  });

  it('is not where the host refuses it', async () => {
    expect(await whyUnreachable(`${address}/elsewhere`, {})).toBe('status 403');
  });

  it('is not where nobody answers', async () => {
    server.close();
    expect(await whyUnreachable(`${address}/there`, {})).toContain('ECONNREFUSED');
  });

  it('is asked for through the proxy where there is one', async () => {
    const environment = { https_proxy: address };
    expect(await whyUnreachable('https://reachable.example.org/a', environment)).toBeUndefined();
    expect(await whyUnreachable('https://other.example.org/a', environment)).toBe('the proxy answered 502');
  });
});
