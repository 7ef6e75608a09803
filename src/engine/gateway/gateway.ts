/** Speaks the MongoDB wire protocol in front of PostgreSQL with the DocumentDB extension (docs/gateway.md). */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { serveClient } from './client-connection.ts';
import { sweepCursors } from './cursors.ts';
import { type EngineCapabilities, probeCapabilities } from './engine-capabilities.ts';
import type { EngineState } from './engine-state.ts';
import { createIndexStatistics } from './index-statistics.ts';
import { connectPostgres, type PostgresAddress } from './postgres-connection.ts';
import { createPostgresPool, type PostgresPool } from './postgres-pool.ts';
import { sweepSessions } from './sessions.ts';

export type { PostgresAddress } from './postgres-connection.ts';

export interface GatewayOptions {
  readonly postgres: PostgresAddress;
  readonly listen: { readonly path: string } | { readonly host: string; readonly port: number };
  /** PostgreSQL connections at most, 16 by default. */
  readonly poolSize?: number;
}

export interface Gateway {
  /** Connection string for MongoDB drivers. */
  readonly uri: string;
  /** Ends every connection; open transactions are rolled back. */
  close(): Promise<void>;
}

const POOL_SIZE = 16;
/** Connections that transactions leave to everything else, as a share of the pool. */
const RESERVED_SHARE = 4;
const WAIT_LIMIT_MS = { pinned: 5000, shared: 30_000 } as const;
const SWEEP_INTERVAL_MS = 15_000;

const SESSION_SETTINGS = {
  search_path: 'documentdb_api_catalog,documentdb_api,public',
  jit: 'off',
};

async function probe(postgres: PostgresAddress): Promise<EngineCapabilities> {
  const connection = await connectPostgres(postgres);
  try {
    return await probeCapabilities(connection);
  } finally {
    connection.close();
  }
}

/** `self` shows in PostgreSQL's activity view whose connections these are. */
function createPool(options: GatewayOptions, capabilities: EngineCapabilities, self: string): PostgresPool {
  const { postgres, poolSize = POOL_SIZE } = options;
  const settings = { ...SESSION_SETTINGS, ...capabilities.settings, application_name: `gateway ${self}` };
  return createPostgresPool({
    connect: () => connectPostgres(postgres, settings),
    size: poolSize,
    reserved: Math.ceil(poolSize / RESERVED_SHARE),
    waitLimitMs: WAIT_LIMIT_MS,
  });
}

async function listen(server: Server, where: GatewayOptions['listen']): Promise<string> {
  server.listen('path' in where ? { path: where.path } : { host: where.host, port: where.port });
  await once(server, 'listening');
  const address = server.address();
  if (typeof address === 'string') return address;
  if (address === null) throw new Error('the gateway listens nowhere');
  return `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

function uriOf(self: string, where: GatewayOptions['listen']): string {
  return `mongodb://${'path' in where ? encodeURIComponent(self) : self}/?directConnection=true`;
}

function sweepRegularly(engine: EngineState): NodeJS.Timeout {
  const sweep = () => {
    const now = Date.now();
    sweepCursors(engine, now);
    sweepSessions(engine, now);
  };
  return setInterval(sweep, SWEEP_INTERVAL_MS).unref();
}

function acceptClients(server: Server, engine: EngineState): Set<Socket> {
  const sockets = new Set<Socket>();
  let count = 0;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveClient(engine, socket, ++count);
  });
  return sockets;
}

/** Starts to listen. Rejects when PostgreSQL can't be reached, lacks what the gateway needs, or the address is taken. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const capabilities = await probe(options.postgres);
  const server = createServer();
  const self = await listen(server, options.listen);
  const pool = createPool(options, capabilities, self);
  const engine: EngineState = {
    pool,
    sessions: new Map(),
    cursors: new Map(),
    indexKeys: new Map(),
    statistics: createIndexStatistics(pool),
    capabilities,
    self,
    startedAt: Date.now(),
  };
  const sockets = acceptClients(server, engine);
  const sweeper = sweepRegularly(engine);
  const close = async (): Promise<void> => {
    clearInterval(sweeper);
    engine.statistics.close();
    const closed = server.listening ? once(server, 'close') : undefined;
    server.close();
    for (const socket of sockets) socket.destroy();
    pool.close();
    await closed;
  };
  return { uri: uriOf(self, options.listen), close };
}
