/** Stands between a gateway and PostgreSQL to cut, refuse and rewrite what passes, as a crash or another release would. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostgresAddress } from '../../../src/engine/gateway/gateway.ts';

/** Returns the bytes to pass on, or `cut` to pass those on and then cut the connection. */
export type Filter = (chunk: Buffer) => Buffer | { readonly cut: Buffer };

export interface PostgresProxy {
  readonly address: PostgresAddress;
  /** Bytes from the gateway; replaced at will. */
  toPostgres: Filter;
  /** Bytes to the gateway. */
  toGateway: Filter;
  /** While true new connections are closed at once, as by a database that is down. */
  refusing: boolean;
  /** Cuts every connection. */
  cutAll(): void;
  close(): Promise<void>;
}

const pass: Filter = (chunk) => chunk;

function forward(from: Socket, to: Socket, filter: () => Filter): void {
  from.on('data', (chunk: Buffer) => {
    const passed = filter()(chunk);
    if (Buffer.isBuffer(passed)) to.write(passed);
    else to.write(passed.cut, () => [from, to].map((socket) => socket.destroy()));
  });
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}

export async function startPostgresProxy(target: PostgresAddress): Promise<PostgresProxy> {
  const socketDirectory = await mkdtemp(join(tmpdir(), 'postgres-proxy-'));
  const sockets = new Set<Socket>();
  const proxy: PostgresProxy = {
    address: { ...target, socketDirectory },
    toPostgres: pass,
    toGateway: pass,
    refusing: false,
    cutAll: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      proxy.cutAll();
      server.close();
      await rm(socketDirectory, { recursive: true, force: true });
    },
  };
  const server = createServer((near) => {
    if (proxy.refusing) {
      near.destroy();
      return;
    }
    const far = createConnection(`${target.socketDirectory}/.s.PGSQL.${target.port}`);
    for (const socket of [near, far]) sockets.add(socket).size;
    forward(near, far, () => proxy.toPostgres);
    forward(far, near, () => proxy.toGateway);
    near.on('close', () => sockets.delete(near));
    far.on('close', () => sockets.delete(far));
  });
  server.listen(`${socketDirectory}/.s.PGSQL.${target.port}`);
  await once(server, 'listening');
  return proxy;
}

/** A filter that lets everything up to the first chunk with the marker pass, and cuts before that chunk. */
export function cutBefore(marker: string): Filter {
  return (chunk) => (chunk.includes(marker) ? { cut: Buffer.alloc(0) } : chunk);
}

/** A filter that cuts right before the answer to COMMIT, passing what comes ahead of it in the same chunk. */
export const cutBeforeCommitted: Filter = (chunk) => {
  const tag = chunk.indexOf('COMMIT\0');
  const messageHeader = 5;
  return tag < 0 ? chunk : { cut: chunk.subarray(0, tag - messageHeader) };
};
