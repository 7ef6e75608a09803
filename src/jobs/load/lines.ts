/** Lines of a byte stream in constant memory (NDJSON: one JSON value per line, ended by U+000A alone). */

export type Line =
  | { readonly number: number; readonly tooLong: false; readonly bytes: Uint8Array }
  | { readonly number: number; readonly tooLong: true };

const NEWLINE = 10;

/**
 * The lines of a stream, numbered from 1; one longer than `maxBytes` is passed over without being held. A reader of
 * text lines would not do: it also splits at U+2028, which JSON strings may contain.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Line> {
  const collector = collectLine(maxBytes);
  let number = 1;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      collector.add(chunk.subarray(start, end));
      yield { number: number++, ...collector.take() };
      start = end + 1;
    }
    collector.add(chunk.subarray(start));
  }
  if (collector.hasContent()) yield { number, ...collector.take() };
}

type Collected = { readonly tooLong: false; readonly bytes: Uint8Array } | { readonly tooLong: true };

interface LineCollector {
  add(part: Uint8Array): void;
  hasContent(): boolean;
  take(): Collected;
}

function collectLine(maxBytes: number): LineCollector {
  let parts: Uint8Array[] = [];
  let length = 0;
  return {
    add(part) {
      length += part.length;
      if (length > maxBytes) parts = [];
      else if (part.length > 0) parts.push(part);
    },
    hasContent: () => length > 0,
    take() {
      const collected: Collected =
        length > maxBytes ? { tooLong: true } : { tooLong: false, bytes: Buffer.concat(parts, length) };
      parts = [];
      length = 0;
      return collected;
    },
  };
}
