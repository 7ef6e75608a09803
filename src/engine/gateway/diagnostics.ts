/** Commands about the server itself: handshake, build, status (MongoDB Handshake and Server Discovery specifications). */
import { BSON } from 'mongodb';
import { encodeDocument } from './command.ts';
import type { CommandContext } from './engine-state.ts';
import { SESSION_TIMEOUT_MINUTES } from './sessions.ts';
import { MAX_MESSAGE_BYTES } from './wire-message.ts';

const SET_NAME = 'rs0';
const MAX_DOCUMENT_BYTES = 16_777_216;
const MAX_WRITE_BATCH = 25_000;
/** Wire version 21 is that of MongoDB 7.0, the release whose commands the engine follows. */
const MAX_WIRE_VERSION = 21;
const VERSION = [7, 0, 0, 0] as const;
const VERSION_TEXT = '7.0.0';
const ELECTION_ID = new BSON.ObjectId('7fffffff0000000000000001');

export const OK_REPLY = encodeDocument({ ok: 1 });

/** A replica set of one member, so that drivers use sessions, transactions and retryable writes. */
export function hello({ engine, command }: CommandContext): Buffer {
  return encodeDocument({
    helloOk: true,
    ismaster: true,
    isWritablePrimary: true,
    secondary: false,
    setName: SET_NAME,
    setVersion: 1,
    electionId: ELECTION_ID,
    hosts: [engine.self],
    primary: engine.self,
    me: engine.self,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: MAX_WRITE_BATCH,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: SESSION_TIMEOUT_MINUTES,
    connectionId: command.connectionId,
    minWireVersion: 0,
    maxWireVersion: MAX_WIRE_VERSION,
    readOnly: false,
    ok: 1,
  });
}

export function buildVersion(): Buffer {
  return encodeDocument({
    version: VERSION_TEXT,
    gitVersion: 'documentdb',
    modules: [],
    versionArray: VERSION,
    bits: 64,
    debug: false,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    storageEngines: ['documentdb'],
    ok: 1,
  });
}

export function serverStatus({ engine }: CommandContext): Buffer {
  return encodeDocument({
    host: engine.self,
    version: VERSION_TEXT,
    process: 'gateway',
    pid: process.pid,
    uptime: (Date.now() - engine.startedAt) / 1000,
    storageEngine: { name: 'documentdb' },
    postgres: engine.pool.counts(),
    openCursors: engine.cursors.size,
    sessions: engine.sessions.size,
    ok: 1,
  });
}

export function replicaSetStatus({ engine }: CommandContext): Buffer {
  const self = { _id: 0, name: engine.self, health: 1, state: 1, stateStr: 'PRIMARY', self: true };
  return encodeDocument({ set: SET_NAME, myState: 1, members: [self], ok: 1 });
}

export function startSession(): Buffer {
  return encodeDocument({ id: { id: new BSON.UUID() }, timeoutMinutes: SESSION_TIMEOUT_MINUTES, ok: 1 });
}

/** A handler for commands whose answer never changes. */
export function always(reply: object): () => Buffer {
  const encoded = encodeDocument({ ...reply, ok: 1 });
  return () => encoded;
}

export const featureCompatibility = always({ featureCompatibilityVersion: { version: '7.0' } });
