/**
 * The raw floor as a process of its own: `node:http` and the driver doing what the server does to the database and
 * sending what the server sends, and nothing else. It checks nothing, so it answers the requests of the bench only.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadDefinitions } from '../src/definitions/load.ts';
import { projectRoot } from '../src/project-root.ts';
import { openDatabase } from '../src/storage/database.ts';
import { type FloorAnswer, type FloorStore, historyByHand, readById, searchByHand } from './floor-reads.ts';
import { createByHand, preparedWrites, transactByHand } from './floor-writes.ts';

const BASE = '/fhir/';
/** Nothing but bytes, to see what the clients can take at most. */
const FIXED: FloorAnswer = { status: 200, text: JSON.stringify({ resourceType: 'Basic', id: '1'.repeat(1500) }) };

/** Bytes between those of the smaller and those of the larger transaction. */
const LARGE = 60_000;

const database = await openDatabase(process.env['MONGODB_URI'] ?? '');
const server = createServer((request, response) => {
  answer(request).then(
    ({ status, text }) => {
      const headers = { 'Content-Type': 'application/fhir+json', 'Content-Length': Buffer.byteLength(text) };
      response.writeHead(status, headers).end(text);
    },
    (error: Error) => {
      const text = String(error.stack);
      response.writeHead(500, { 'Content-Length': Buffer.byteLength(text) }).end(text);
    },
  );
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const store: FloorStore = { database, baseUrl: `http://localhost${BASE.slice(0, -1)}` };
const writes = preparedWrites(await loadDefinitions(projectRoot()));
process.on('SIGTERM', () => process.exit(0));
process.stdout.write(`The floor is ready: http://localhost:${port}${BASE}\n`);

async function answer(request: IncomingMessage): Promise<FloorAnswer> {
  const path = (request.url ?? '').slice(BASE.length);
  if (path === 'fixed') return FIXED;
  if (request.method === 'POST') {
    const bytes = await readBody(request);
    if (path !== '') return createByHand(store, writes);
    return transactByHand(store, bytes > LARGE ? writes.nextHouseholds() : [writes.nextHousehold()]);
  }
  if (path.endsWith('/_history')) return historyByHand(store, path);
  return path.includes('?') ? searchByHand(store, path) : readById(store, path);
}

/** The floor writes documents that it prepared from the same bodies, but the bytes have to arrive. How many there are. */
async function readBody(request: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of request) bytes += (chunk as Buffer).length;
  return bytes;
}
