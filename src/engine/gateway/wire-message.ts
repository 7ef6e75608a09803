/** Reads OP_MSG and OP_QUERY and frames their replies (MongoDB wire protocol, "Message Types and Formats"). */
import type { FrameFormat } from './frames.ts';

export const MAX_MESSAGE_BYTES = 48_000_000;
const MESSAGE_SLACK = 65_536;
const HEADER_LENGTH = 16;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
const SMALLEST_DOCUMENT = 5;
/** A reply below this size is copied behind its header, because one small write is cheaper than two. */
const COPY_LIMIT = 16_384;

export interface WireRequest {
  readonly requestId: number;
  readonly opcode: typeof OP_MSG | typeof OP_QUERY;
  readonly body: Buffer;
  /** Document sequence sections by identifier: concatenated documents. */
  readonly sequences: ReadonlyMap<string, Buffer>;
  /** False for an unacknowledged write. */
  readonly wantsReply: boolean;
}

const NO_SEQUENCES: ReadonlyMap<string, Buffer> = new Map();

export const WIRE_FRAMES: FrameFormat = {
  headerLength: HEADER_LENGTH,
  lengthAt(buffer, offset) {
    const length = buffer.readInt32LE(offset);
    if (length < HEADER_LENGTH || length > MAX_MESSAGE_BYTES + MESSAGE_SLACK) throw new RangeError('message length');
    return length;
  },
};

function documentAt(message: Buffer, offset: number, end: number): Buffer {
  const length = message.readInt32LE(offset);
  if (length < SMALLEST_DOCUMENT || offset + length > end) throw new RangeError('document length');
  return message.subarray(offset, offset + length);
}

function readQuery(message: Buffer): WireRequest {
  const nameEnd = message.indexOf(0, HEADER_LENGTH + 4);
  const body = documentAt(message, nameEnd + 9, message.length);
  const requestId = message.readInt32LE(4);
  return { requestId, opcode: OP_QUERY, body, sequences: NO_SEQUENCES, wantsReply: true };
}

function readSequence(message: Buffer, offset: number, end: number): { identifier: string; documents: Buffer } {
  const nameEnd = message.indexOf(0, offset + 4);
  if (nameEnd < 0 || nameEnd >= end) throw new RangeError('document sequence');
  return { identifier: message.toString('utf8', offset + 4, nameEnd), documents: message.subarray(nameEnd + 1, end) };
}

function readMsg(message: Buffer): WireRequest {
  const flags = message.readUInt32LE(HEADER_LENGTH);
  const end = message.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  let body: Buffer | undefined;
  let sequences: Map<string, Buffer> | undefined;
  for (let offset = HEADER_LENGTH + 4; offset < end; ) {
    const kind = message[offset];
    const section = documentAt(message, offset + 1, end);
    if (kind === 0) body = section;
    else if (kind === 1) {
      const sequence = readSequence(message, offset + 1, offset + 1 + section.length);
      sequences = (sequences ?? new Map<string, Buffer>()).set(sequence.identifier, sequence.documents);
    } else throw new RangeError('section kind');
    offset += 1 + section.length;
  }
  if (!body) throw new RangeError('message without body');
  const wantsReply = (flags & MORE_TO_COME) === 0;
  return { requestId: message.readInt32LE(4), opcode: OP_MSG, body, sequences: sequences ?? NO_SEQUENCES, wantsReply };
}

/** Throws RangeError for anything that is not a well-formed OP_MSG or OP_QUERY. */
export function readRequest(message: Buffer): WireRequest {
  const opcode = message.readInt32LE(12);
  if (opcode === OP_MSG) return readMsg(message);
  if (opcode === OP_QUERY) return readQuery(message);
  throw new RangeError(`opcode ${opcode}`);
}

const LEGACY_HEADER_LENGTH = 36;
const REPLY_HEADER_LENGTH = 21;

/** The header of a reply to the request, with room behind it for the bytes of the body that are copied. */
function startReply(request: WireRequest, headerLength: number, body: { length: number; copied: number }): Buffer {
  const reply = Buffer.allocUnsafe(headerLength + body.copied).fill(0, 0, headerLength);
  reply.writeInt32LE(headerLength + body.length, 0);
  reply.writeInt32LE(request.requestId, 8);
  reply.writeInt32LE(request.opcode === OP_QUERY ? OP_REPLY : OP_MSG, 12);
  if (request.opcode === OP_QUERY) {
    reply.writeInt32LE(8, 16); // responseFlags: AwaitCapable
    reply.writeInt32LE(1, 32); // numberReturned
  }
  return reply;
}

/** The pieces to write, in order, so that one BSON body answers the request. */
export function frameReply(request: WireRequest, body: Buffer): readonly Buffer[] {
  const headerLength = request.opcode === OP_QUERY ? LEGACY_HEADER_LENGTH : REPLY_HEADER_LENGTH;
  const copied = body.length < COPY_LIMIT ? body.length : 0;
  const reply = startReply(request, headerLength, { length: body.length, copied });
  if (copied === 0) return [reply, body];
  body.copy(reply, headerLength);
  return [reply];
}
