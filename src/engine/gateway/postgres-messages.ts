/** Encodes and reads the messages of the PostgreSQL protocol 3.0 that the gateway uses (PostgreSQL 18, chapter 54.7). */
import type { FrameFormat } from './frames.ts';

/** A query of fixed text; its parameters and results travel in binary form. One object is prepared once a connection. */
export interface Statement {
  readonly sql: string;
  /** PostgreSQL type OIDs of $1, $2… */
  readonly parameterTypes: readonly number[];
}

/** A value in PostgreSQL's binary form; null is SQL NULL. */
type Value = Buffer | null;
export type Row = readonly Value[];

export const TYPE_OID = { bytea: 17, int8: 20, text: 25, float8: 701 } as const;

/** First bytes of the backend messages that carry something for us. */
export const BACKEND = {
  parseComplete: 0x31,
  row: 0x44,
  error: 0x45,
  authentication: 0x52,
  ready: 0x5a,
} as const;

const PROTOCOL_3 = 196_608;
const PARSE = 0x50;
const BIND = 0x42;
const QUERY = 0x51;
/** Below this size a call is one buffer and one write; above it large parameters are not copied. */
const COPY_LIMIT = 65_536;

export const POSTGRES_FRAMES: FrameFormat = {
  headerLength: 5,
  lengthAt(buffer, offset) {
    const length = buffer.readInt32BE(offset + 1);
    if (length < 4) throw new RangeError('message length');
    return length + 1;
  },
};

export const TERMINATE = Buffer.from([0x58, 0, 0, 0, 4]);

/** Tail of Bind (one result format: binary), then Execute of the unnamed portal without row limit, then Sync. */
const RUN = Buffer.from([0, 1, 0, 1, 0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0x53, 0, 0, 0, 4]);

function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf8');
}

function message(type: number, ...parts: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(5);
  header[0] = type;
  header.writeInt32BE(4 + parts.reduce((length, part) => length + part.length, 0), 1);
  return Buffer.concat([header, ...parts]);
}

/** StartupMessage; besides user and database every parameter is a run-time setting. */
export function encodeStartup(parameters: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [cString(name), cString(value)]);
  const header = Buffer.alloc(8);
  const startup = Buffer.concat([header, ...pairs, Buffer.alloc(1)]);
  startup.writeInt32BE(startup.length, 0);
  startup.writeInt32BE(PROTOCOL_3, 4);
  return startup;
}

export function encodeSimpleQuery(sql: string): Buffer {
  return message(QUERY, cString(sql));
}

export function encodeParse(name: string, statement: Statement): Buffer {
  const types = Buffer.alloc(2 + 4 * statement.parameterTypes.length);
  types.writeInt16BE(statement.parameterTypes.length, 0);
  for (const [index, type] of statement.parameterTypes.entries()) types.writeInt32BE(type, 2 + 4 * index);
  return message(PARSE, cString(name), cString(statement.sql), types);
}

const BIND_HEAD_BYTES = 13;

function bytesOf(values: Row): number {
  let bytes = 0;
  for (const value of values) bytes += 4 + (value ? value.length : 0);
  return bytes;
}

/** Writes everything of Bind that comes before the values; returns the offset behind it. */
function writeBindHead(target: Buffer, start: number, name: string, values: Row): number {
  const headLength = BIND_HEAD_BYTES + name.length;
  target[start] = BIND;
  target.writeInt32BE(headLength - 1 + bytesOf(values) + 4, start + 1);
  target[start + 5] = 0; // unnamed portal
  const nameEnd = start + 6 + target.write(name, start + 6, 'latin1');
  target[nameEnd] = 0;
  target.writeInt16BE(1, nameEnd + 1); // one parameter format for all …
  target.writeInt16BE(1, nameEnd + 3); // … binary
  target.writeInt16BE(values.length, nameEnd + 5);
  return start + headLength;
}

function encodeWhole(before: Buffer, name: string, values: Row): Buffer {
  const length = before.length + BIND_HEAD_BYTES + name.length + bytesOf(values) + RUN.length;
  const whole = Buffer.allocUnsafe(length);
  before.copy(whole, 0);
  let offset = writeBindHead(whole, before.length, name, values);
  for (const value of values) {
    offset = whole.writeInt32BE(value ? value.length : -1, offset);
    if (value) offset += value.copy(whole, offset);
  }
  RUN.copy(whole, offset);
  return whole;
}

function encodePieces(before: Buffer, name: string, values: Row): readonly Buffer[] {
  const head = Buffer.allocUnsafe(BIND_HEAD_BYTES + name.length);
  writeBindHead(head, 0, name, values);
  const pieces = [before, head];
  for (const value of values) {
    const prefix = Buffer.allocUnsafe(4);
    prefix.writeInt32BE(value ? value.length : -1, 0);
    pieces.push(prefix);
    if (value) pieces.push(value);
  }
  return [...pieces, RUN];
}

/** Bind, Execute and Sync of a prepared statement, behind `before`: the pieces to write, in order. */
export function encodeExecution(before: Buffer, name: string, values: Row): readonly Buffer[] {
  return bytesOf(values) < COPY_LIMIT ? [encodeWhole(before, name, values)] : encodePieces(before, name, values);
}

/** The values of a DataRow whose content starts at the offset; they share the buffer's memory. */
export function readRow(buffer: Buffer, offset: number): Row {
  const count = buffer.readInt16BE(offset);
  const row = new Array<Value>(count);
  let next = offset + 2;
  for (let column = 0; column < count; column++) {
    const length = buffer.readInt32BE(next);
    next += 4;
    row[column] = length < 0 ? null : buffer.subarray(next, next + length);
    if (length > 0) next += length;
  }
  return row;
}

/** Fields of an ErrorResponse by their one-letter code (chapter 54.8). */
export function readErrorFields(buffer: Buffer, offset: number, end: number): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (let next = offset; next < end && buffer[next] !== 0; ) {
    const valueEnd = buffer.indexOf(0, next + 1);
    fields.set(String.fromCharCode(buffer[next] as number), buffer.toString('utf8', next + 1, valueEnd));
    next = valueEnd + 1;
  }
  return fields;
}
