/** A MongoDB command read once from its message: name, database, session and transaction fields (MongoDB Driver Sessions). */
import { BSON } from 'mongodb';
import { CommandError, FAILED_TO_PARSE, INVALID_NAMESPACE } from './command-error.ts';
import {
  findElement,
  type RawElement,
  readBoolean,
  readDocument,
  readInteger,
  readString,
  visitElements,
} from './raw-bson.ts';
import type { WireRequest } from './wire-message.ts';

export interface Command {
  readonly name: string;
  /** The whole body, passed through to the engine as it came. */
  readonly body: Buffer;
  /** The element that carries the command name; its value is the collection, where there is one. */
  readonly target: RawElement;
  readonly sequences: ReadonlyMap<string, Buffer>;
  readonly database: string;
  /** UTF-8 of the database name. */
  readonly databaseBytes: Buffer;
  readonly sessionId: string | undefined;
  readonly txnNumber: bigint | undefined;
  /** `autocommit: false` was sent: the command belongs to a multi-document transaction. */
  readonly inTransaction: boolean;
  readonly startsTransaction: boolean;
  readonly connectionId: number;
}

/** A command reply or any other document, in BSON. */
export function encodeDocument(document: object): Buffer {
  const bytes = BSON.serialize(document);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Decodes a document; numbers keep their BSON classes when `exact`, so that encoding gives the same types back. */
export function decodeDocument(document: Buffer, { exact = false } = {}): Readonly<Record<string, unknown>> {
  return BSON.deserialize(document, { promoteValues: !exact });
}

const ADMIN = Buffer.from('admin');

interface Envelope {
  name?: string;
  target?: RawElement;
  databaseBytes: Buffer;
  sessionId?: string;
  txnNumber?: bigint;
  inTransaction: boolean;
  startsTransaction: boolean;
}

function sessionIdOf(lsid: Buffer | undefined): string | undefined {
  const id = lsid && findElement(lsid, 'id');
  return id && lsid.toString('latin1', id.value, id.end);
}

function readField(envelope: Envelope, body: Buffer, key: string, element: RawElement): void {
  switch (key) {
    case '$db':
      if (element.type === 0x02) envelope.databaseBytes = body.subarray(element.value + 4, element.end - 1);
      break;
    case 'lsid': {
      const sessionId = sessionIdOf(readDocument(body, element));
      if (sessionId !== undefined) envelope.sessionId = sessionId;
      break;
    }
    case 'txnNumber': {
      const txnNumber = readInteger(body, element);
      if (txnNumber !== undefined) envelope.txnNumber = txnNumber;
      break;
    }
    case 'autocommit':
      envelope.inTransaction = readBoolean(body, element) === false;
      break;
    case 'startTransaction':
      envelope.startsTransaction = readBoolean(body, element) === true;
      break;
    default:
  }
}

/** Drivers of old wrap a command into `$query` when they send it by OP_QUERY. */
function unwrapQuery(body: Buffer): Buffer {
  return readDocument(body, findElement(body, '$query')) ?? body;
}

export function readCommand(request: WireRequest, connectionId: number): Command {
  const body = unwrapQuery(request.body);
  const envelope: Envelope = { databaseBytes: ADMIN, inTransaction: false, startsTransaction: false };
  visitElements(body, (key, element) => {
    if (envelope.target) readField(envelope, body, key, element);
    else Object.assign(envelope, { name: key, target: element });
    return true;
  });
  const { name, target, databaseBytes, sessionId, txnNumber } = envelope;
  if (name === undefined || target === undefined) throw new CommandError(FAILED_TO_PARSE, 'empty command');
  return {
    name,
    body,
    target,
    sequences: request.sequences,
    database: databaseBytes.toString('utf8'),
    databaseBytes,
    sessionId,
    txnNumber,
    inTransaction: envelope.inTransaction,
    startsTransaction: envelope.startsTransaction,
    connectionId,
  };
}

/** Name of the collection that the command is about; throws when it names none. */
export function collectionOf(command: Command): string {
  const name = readString(command.body, command.target);
  if (name === undefined) throw new CommandError(INVALID_NAMESPACE, 'collection name has invalid type');
  return name;
}

export function namespaceOf(command: Command): string {
  return `${command.database}.${collectionOf(command)}`;
}

/** An argument of the command by its name. */
export function argumentOf(command: Command, key: string): RawElement | undefined {
  return findElement(command.body, key);
}
