/** A way to the database that a test can cut and mend: a TCP proxy in front of the engine of the run. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface CuttableProxy {
  /** The URI of the database by way of the proxy. */
  readonly uri: string;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Keeps connections and takes new ones, but lets nothing through. */
  block(): void;
  mend(): Promise<void>;
}

export async function startCuttableProxy(databaseUri: string): Promise<CuttableProxy> {
  const sockets = new Set<Socket>();
  let isBlocked = false;
  const server = createServer((client) => {
    const database = connect(addressOf(databaseUri));
    for (const [from, to] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => isBlocked || to.write(bytes));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    // Short of patience, so that tests are not.
    uri: `mongodb://127.0.0.1:${port}/?directConnection=true&heartbeatFrequencyMS=500&connectTimeoutMS=1000&serverSelectionTimeoutMS=1500`,
    cut: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      destroyAll();
      return closed;
    },
    block: () => {
      isBlocked = true;
    },
    mend: async () => {
      // What was withheld can't be made up for.
      if (isBlocked) destroyAll();
      isBlocked = false;
      if (!server.listening) await listen(server, port);
    },
  };
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));

/** Where the first host of a MongoDB URI listens: a Unix socket (its path percent-encoded) or a TCP port. */
function addressOf(uri: string): { readonly path: string } | { readonly host: string; readonly port: number } {
  const hosts = /^mongodb:\/\/(?:[^@/]*@)?([^/?]+)/.exec(uri)?.[1] ?? '';
  const first = decodeURIComponent(hosts.split(',')[0] ?? '');
  if (first.startsWith('/')) return { path: first };
  const [host = '127.0.0.1', port = '27017'] = first.split(':');
  return { host, port: Number(port) };
}
