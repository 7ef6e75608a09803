/** Cuts a byte stream into the length-prefixed frames that both wire protocols consist of. */

export interface FrameFormat {
  /** Bytes needed before the length of a frame is known. */
  readonly headerLength: number;
  /** Length of the whole frame that starts at the offset; throws RangeError when it can't be one. */
  lengthAt(buffer: Buffer, offset: number): number;
}

/** Receives one frame: the bytes of `buffer` from `start` to before `end`. */
export type FrameListener = (buffer: Buffer, start: number, end: number) => void;

interface Pending {
  chunks: Buffer[];
  length: number;
  needed: number;
}

function cutFrames(buffer: Buffer, format: FrameFormat, listener: FrameListener): { rest: number; needed: number } {
  let start = 0;
  while (buffer.length - start >= format.headerLength) {
    const length = format.lengthAt(buffer, start);
    if (buffer.length - start < length) return { rest: start, needed: length };
    listener(buffer, start, start + length);
    start += length;
  }
  return { rest: start, needed: format.headerLength };
}

/** Returns a function to be called with each chunk. A frame split over chunks is joined once, when it is complete. */
export function createFrameCutter(format: FrameFormat, listener: FrameListener): (chunk: Buffer) => void {
  const pending: Pending = { chunks: [], length: 0, needed: format.headerLength };
  return (chunk) => {
    pending.chunks.push(chunk);
    pending.length += chunk.length;
    if (pending.length < pending.needed) return;
    const buffer = pending.chunks.length === 1 ? chunk : Buffer.concat(pending.chunks, pending.length);
    const { rest, needed } = cutFrames(buffer, format, listener);
    pending.chunks = rest === buffer.length ? [] : [buffer.subarray(rest)];
    pending.length = buffer.length - rest;
    pending.needed = needed;
  };
}
