/**
 * Behaves at start-up as mongod does, as far as a launcher can see: its arguments, its exit codes, and the replica set
 * commands over the wire (the script that starts it answers for its version). For machines without MongoDB; where there is one, the other tests of this folder use it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { BSON } from 'mongodb';

const option = (name) => process.argv[process.argv.indexOf(name) + 1];
const port = Number(option('--port'));
const file = join(option('--dbpath'), 'state.json');
const state = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { count: 0, initiated: 0 };
const save = () => writeFileSync(file, JSON.stringify(state));
const isMember = () => state.config?.members[0].host === `127.0.0.1:${port}`;
let startedAt = Date.now();

const commands = {
  hello: () => ({
    isWritablePrimary: isMember() && Date.now() - startedAt > 100,
    ...(isMember() ? { setName: state.config._id, hosts: [`127.0.0.1:${port}`] } : { isreplicaset: true }),
    maxWireVersion: 21,
    minWireVersion: 0,
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
  }),
  replSetGetConfig: () =>
    state.config ? { config: state.config } : { ok: 0, code: 94, errmsg: 'no replset config has been received' },
  replSetInitiate: ({ replSetInitiate }) => {
    Object.assign(state, { config: { version: 1, ...replSetInitiate }, initiated: state.initiated + 1 });
    startedAt = Date.now();
    save();
    return {};
  },
  replSetReconfig: ({ replSetReconfig, force }) => {
    if (!force && !isMember()) return { ok: 0, code: 10107, errmsg: 'REMOVED members take forced configurations only' };
    state.config = replSetReconfig;
    save();
    return {};
  },
  count: () => {
    state.count += 1;
    save();
    return { n: state.count };
  },
};

function answer(socket, message) {
  const request = BSON.deserialize(message.subarray(21));
  const name = Object.keys(request)[0];
  const body = BSON.serialize({ ok: 1, ...(commands[name]?.(request) ?? {}) });
  const head = Buffer.alloc(21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(message.readInt32LE(4), 8);
  head.writeInt32LE(2013, 12);
  socket.write(Buffer.concat([head, body]));
}

/** The first message of a driver is an OP_QUERY: answered by an OP_REPLY. */
function answerQuery(socket, message) {
  const body = BSON.serialize({ ok: 1, helloOk: true, ismaster: true, ...commands.hello() });
  const head = Buffer.alloc(36);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(message.readInt32LE(4), 8);
  head.writeInt32LE(1, 12);
  head.writeInt32LE(1, 32);
  socket.write(Buffer.concat([head, body]));
}

const server = createServer((socket) => {
  let received = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 16 && received.length >= received.readInt32LE(0)) {
      const message = received.subarray(0, received.readInt32LE(0));
      received = received.subarray(message.length);
      if (message.readInt32LE(12) === 2004) answerQuery(socket, message);
      else answer(socket, message);
    }
  });
});
server.on('error', () => process.exit(48));
server.listen(port, option('--bind_ip'));
process.on('SIGTERM', () => process.exit(0));
