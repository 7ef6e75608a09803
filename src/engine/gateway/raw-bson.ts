/** Reads and splices the top level of a BSON document without decoding it (BSON 1.1, "document" and "element"). */

export interface RawElement {
  /** BSON type byte. */
  readonly type: number;
  /** Offset of the type byte. */
  readonly start: number;
  /** Offset of the value. */
  readonly value: number;
  /** Offset behind the value. */
  readonly end: number;
}

const BSON_TYPE = {
  double: 0x01,
  string: 0x02,
  document: 0x03,
  array: 0x04,
  boolean: 0x08,
  int32: 0x10,
  int64: 0x12,
} as const;

const FIXED_LENGTHS: Readonly<Record<number, number>> = {
  1: 8,
  6: 0,
  7: 12,
  8: 1,
  9: 8,
  10: 0,
  16: 4,
  17: 8,
  18: 8,
  19: 16,
  127: 0,
  255: 0,
};
const STRING_LIKE = new Set([0x02, 0x0d, 0x0e]);
const DOCUMENT_LIKE = new Set([0x03, 0x04, 0x0f]);
const BINARY = 0x05;
const REGEX = 0x0b;
const DB_POINTER = 0x0c;

function endOfVariable(buffer: Buffer, type: number, offset: number): number {
  if (STRING_LIKE.has(type)) return offset + 4 + buffer.readInt32LE(offset);
  if (DOCUMENT_LIKE.has(type)) return offset + buffer.readInt32LE(offset);
  if (type === BINARY) return offset + 5 + buffer.readInt32LE(offset);
  if (type === REGEX) return buffer.indexOf(0, buffer.indexOf(0, offset) + 1) + 1;
  if (type === DB_POINTER) return offset + 16 + buffer.readInt32LE(offset);
  throw new RangeError(`unknown BSON type ${type}`);
}

function endOfValue(buffer: Buffer, type: number, offset: number): number {
  const length = FIXED_LENGTHS[type];
  return length === undefined ? endOfVariable(buffer, type, offset) : offset + length;
}

/** Calls `visit` for every top-level element until it returns false. Throws RangeError for a damaged document. */
export function visitElements(
  document: Buffer,
  visit: (key: string, element: RawElement) => boolean | undefined,
): void {
  const end = document.readInt32LE(0) - 1;
  if (end < 4 || end >= document.length) throw new RangeError('BSON length out of range');
  for (let start = 4; start < end; ) {
    const type = document[start] as number;
    const keyEnd = document.indexOf(0, start + 1);
    const value = keyEnd + 1;
    const next = endOfValue(document, type, value);
    if (keyEnd < 0 || next > end || next < value) throw new RangeError('BSON element out of range');
    const key = document.toString('utf8', start + 1, keyEnd);
    if (visit(key, { type, start, value, end: next }) === false) return;
    start = next;
  }
}

export function findElement(document: Buffer, key: string): RawElement | undefined {
  let found: RawElement | undefined;
  visitElements(document, (name, element) => {
    if (name === key) found = element;
    return found === undefined;
  });
  return found;
}

/** The text of a string element, or undefined when it is not one. */
export function readString(document: Buffer, element: RawElement | undefined): string | undefined {
  if (element?.type !== BSON_TYPE.string) return undefined;
  return document.toString('utf8', element.value + 4, element.end - 1);
}

export function readInteger(document: Buffer, element: RawElement | undefined): bigint | undefined {
  switch (element?.type) {
    case BSON_TYPE.int32:
      return BigInt(document.readInt32LE(element.value));
    case BSON_TYPE.int64:
      return document.readBigInt64LE(element.value);
    case BSON_TYPE.double:
      return BigInt(Math.trunc(document.readDoubleLE(element.value)));
    default:
      return undefined;
  }
}

/** A boolean, or a number as MongoDB takes it for one (not zero). */
export function readBoolean(document: Buffer, element: RawElement | undefined): boolean | undefined {
  if (element?.type === BSON_TYPE.boolean) return document[element.value] === 1;
  const number = readInteger(document, element);
  return number === undefined ? undefined : number !== 0n;
}

/** The embedded document or array of an element, sharing the memory of its parent. */
export function readDocument(document: Buffer, element: RawElement | undefined): Buffer | undefined {
  const embedded = element?.type === BSON_TYPE.document || element?.type === BSON_TYPE.array;
  return embedded ? document.subarray(element.value, element.end) : undefined;
}

/** A copy of the document without the named top-level elements. */
export function withoutElements(document: Buffer, keys: ReadonlySet<string>): Buffer {
  const kept: Buffer[] = [Buffer.alloc(4)];
  visitElements(document, (key, element) => {
    if (!keys.has(key)) kept.push(document.subarray(element.start, element.end));
    return true;
  });
  const copy = Buffer.concat([...kept, Buffer.alloc(1)]);
  copy.writeInt32LE(copy.length, 0);
  return copy;
}

/** The embedded documents of an array element's value, in order. */
export function documentsOfArray(array: Buffer): readonly Buffer[] {
  const documents: Buffer[] = [];
  visitElements(array, (_, element) => {
    const document = readDocument(array, element);
    if (document) documents.push(document);
    return true;
  });
  return documents;
}

/** Splits concatenated documents, the form of a document sequence section. */
export function splitDocuments(sequence: Buffer): readonly Buffer[] {
  const documents: Buffer[] = [];
  for (let offset = 0; offset < sequence.length; ) {
    const length = sequence.readInt32LE(offset);
    if (length < 5) throw new RangeError('BSON length out of range');
    documents.push(sequence.subarray(offset, offset + length));
    offset += length;
  }
  return documents;
}
