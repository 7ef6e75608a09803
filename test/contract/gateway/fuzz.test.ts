/** Damaged messages neither stop the gateway nor reach other clients (MongoDB wire protocol). */
import { connect } from 'node:net';
import { BSON, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Gateway, startGateway } from '../../../src/engine/gateway/gateway.ts';
import { createRandom, type Random } from './random.ts';

const postgres = inject('postgresAddress');
const OP_MSG = 2013;
const MESSAGES = 1200;

describe.skipIf(postgres === null)('a gateway that gets damaged messages', () => {
  let gateway: Gateway;
  let port: number;
  const database = `gateway_fuzz_${process.pid}`;

  beforeAll(async () => {
    if (!postgres) throw new Error('needs PostgreSQL');
    gateway = await startGateway({ postgres, listen: { host: '127.0.0.1', port: 0 }, poolSize: 6 });
    port = Number(new URL(gateway.uri).port);
  });
  afterAll(() => gateway.close());

  /** Few, so that transactions left open can be ended after each round and don't hold locks. */
  const SESSIONS = Array.from({ length: 5 }, () => ({ id: new BSON.UUID() }));
  const COMMANDS: readonly object[] = [
    { find: 'x', filter: { a: 1 } },
    { insert: 'x', documents: [{ a: 1 }] },
    { getMore: BSON.Long.fromNumber(5), collection: 'x' },
    { aggregate: 'x', pipeline: [], cursor: {} },
    { killCursors: 'x', cursors: [BSON.Long.fromNumber(1)] },
    { createIndexes: 'x', indexes: [{ key: { a: 1 }, name: 'a' }] },
    { hello: 1 },
    { update: 'x', updates: [{ q: {}, u: { $set: { a: 1 } } }] },
    { find: 5 },
    { drop: 'nope' },
    { explain: { find: 'x' } },
    { endSessions: [{ id: new BSON.UUID() }] },
    {},
  ];

  function message(body: Uint8Array, { kind = 0, opcode = OP_MSG, flags = 0 } = {}): Buffer {
    const head = Buffer.alloc(21);
    head.writeInt32LE(head.length + body.length, 0);
    head.writeInt32LE(opcode, 12);
    head.writeUInt32LE(flags, 16);
    head[20] = kind;
    return Buffer.concat([head, body]);
  }

  const DAMAGES: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
    (bytes) => bytes,
    (bytes, random) => {
      for (let count = 0; count < 3; count++) bytes[16 + random.below(bytes.length - 16)] = random.below(256);
      return bytes;
    },
    (bytes, random) => {
      bytes.writeInt32LE(random.below(2 ** 31), 0);
      return bytes;
    },
    (bytes, random) => {
      bytes.writeInt32LE(random.below(400) - 200, 21);
      return bytes;
    },
    (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  ];

  function randomMessage(random: Random): Buffer {
    const session = { lsid: random.pick(SESSIONS), txnNumber: BSON.Long.fromNumber(random.below(9)) };
    const transaction = { autocommit: false, startTransaction: random.below(2) === 0 };
    const command = {
      ...random.pick(COMMANDS),
      $db: database,
      ...(random.below(3) === 0 ? session : {}),
      ...(random.below(6) === 0 ? transaction : {}),
    };
    const kind = random.below(20) === 0 ? random.below(4) : 0;
    const opcode = random.below(30) === 0 ? random.below(3000) : OP_MSG;
    return random.pick(DAMAGES)(
      message(BSON.serialize(command), { kind, opcode, flags: random.below(10) === 0 ? 2 : 0 }),
      random,
    );
  }

  /** Sends the messages over one connection and waits until the gateway closes it or goes quiet. */
  function send(messages: readonly Buffer[]): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        for (const each of messages) socket.write(each);
        socket.setTimeout(60, () => socket.destroy());
      });
      socket.on('data', () => undefined);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => resolve());
    });
  }

  /** Whether the gateway closes a connection on which these bytes arrive. */
  function isRefused(bytes: Buffer): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', () => {
        socket.destroy();
        resolve(false);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(true));
    });
  }

  it('stays up and serves a client as before', async () => {
    const random = createRandom(20_250_101);
    for (let sent = 0; sent < MESSAGES; ) {
      const connections = Array.from({ length: 20 }, () =>
        Array.from({ length: 1 + random.below(4) }, () => randomMessage(random)),
      );
      await Promise.all(connections.map(send));
      await send([message(BSON.serialize({ endSessions: SESSIONS, $db: 'admin' }))]);
      sent += connections.flat().length;
    }
    const client = await new MongoClient(gateway.uri).connect();
    const collection = client.db(database).collection<{ _id: number }>('after');
    await Promise.all(Array.from({ length: 30 }, (_, _id) => collection.insertOne({ _id })));
    expect(await collection.countDocuments()).toBe(30);
    await client.db(database).dropDatabase();
    await client.close();
  });

  const ping = BSON.serialize({ ping: 1, $db: 'admin' });
  const endless = message(ping);
  endless.writeInt32LE(-1, 21);

  it.each([
    ['a message shorter than its header', Buffer.from([4, 0, 0, 0, ...new Array(12).fill(0)])],
    ['a message longer than allowed', Buffer.from([0xff, 0xff, 0xff, 0x7f, ...new Array(12).fill(0)])],
    ['an unknown opcode', message(ping, { opcode: 2012 })],
    ['an unknown section', message(ping, { kind: 9 })],
    ['a section of negative length', endless],
    ['a body cut short', message(ping.subarray(0, ping.length - 3))],
    ['no body', message(Buffer.from([9, 0, 0, 0, 0x78, 0, 0, 0, 0]), { kind: 1 })],
  ])('closes the connection on %s', async (_, bytes) => {
    expect(await isRefused(bytes)).toBe(true);
  });

  it('answers what is well-formed', async () => {
    expect(await isRefused(message(ping))).toBe(false);
  });

  it('applies an unacknowledged write whose client left at once', async () => {
    const insert = (_id: number) => BSON.serialize({ insert: 'left', documents: [{ _id }], $db: database });
    const socket = connect(port, '127.0.0.1');
    socket.end(Buffer.concat([0, 1, 2].map((_id) => message(insert(_id), { flags: 2 }))));
    const client = await new MongoClient(gateway.uri).connect();
    await expect.poll(() => client.db(database).collection('left').countDocuments(), { timeout: 10_000 }).toBe(3);
    await client.db(database).dropDatabase();
    await client.close();
  });

  it('puts a message together that arrives byte by byte', async () => {
    const whole = message(ping);
    const reply = await new Promise<Buffer>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', async () => {
        for (const byte of whole) {
          socket.write(Buffer.from([byte]));
          await new Promise(setImmediate);
        }
      });
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        socket.destroy();
        resolve(chunk);
      });
    });
    expect(BSON.deserialize(reply.subarray(21))).toEqual({ ok: 1 });
  });
});
