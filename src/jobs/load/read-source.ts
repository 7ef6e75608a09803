/** One source file as resources (FHIR R4, bundle.html; NDJSON as in the Bulk Data Access guide). */

import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { readBundle } from './bundle.ts';
import { contentId, withId } from './identity.ts';
import { type ParsedResource, parseResource } from './json.ts';
import { readLines } from './lines.ts';
import { readingProblem, type Source } from './sources.ts';
import { type Loadable, refusalAt, type SourcePosition } from './unit.ts';

/** No store takes a resource larger than this, so a longer line is not held in memory either. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
/** A JSON document is read whole; a larger one belongs into NDJSON. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;

const megabytes = (bytes: number): string => `${Math.floor(bytes / 1024 / 1024)} MB`;

/** A file that is being read. `bytesRead` counts the bytes of the file itself, compressed ones where it is gzip. */
export interface OpenSource {
  readonly loadables: AsyncIterable<Loadable>;
  bytesRead(): number;
}

/** Sizes up to which lines and documents are taken, in bytes. */
export interface ReadingLimits {
  readonly lineBytes: number;
  readonly documentBytes: number;
}

const DEFAULT_LIMITS: ReadingLimits = { lineBytes: MAX_LINE_BYTES, documentBytes: MAX_DOCUMENT_BYTES };

/** Opens a file; it is read only as fast as its resources are asked for. */
export function openSource(source: Source, limits: ReadingLimits = DEFAULT_LIMITS): OpenSource {
  const file = createReadStream(source.path);
  return { loadables: readFileStream(file, source, limits), bytesRead: () => file.bytesRead };
}

async function* readFileStream(
  file: ReturnType<typeof createReadStream>,
  source: Source,
  limits: ReadingLimits,
): AsyncGenerator<Loadable> {
  const chunks = source.gzip ? file.pipe(createGunzip()) : file;
  if (chunks !== file) file.on('error', (error) => chunks.destroy(error));
  try {
    if (source.format === 'json') yield* readDocument(chunks, source.path, limits.documentBytes);
    else yield* readResourcePerLine(chunks, source.path, limits.lineBytes);
  } catch (error) {
    yield { kind: 'refusal', refusal: refusalAt({ file: source.path }, readingProblem(error)) };
  } finally {
    file.destroy();
  }
}

async function* readResourcePerLine(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  maxBytes: number,
): AsyncGenerator<Loadable> {
  for await (const line of readLines(chunks, maxBytes)) {
    const position = { file, line: line.number };
    if (line.tooLong) {
      yield { kind: 'refusal', refusal: refusalAt(position, `is longer than ${megabytes(maxBytes)}`) };
    } else {
      yield* readText(line.bytes, position);
    }
  }
}

async function* readDocument(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  maxBytes: number,
): AsyncGenerator<Loadable> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > maxBytes) {
      const why = `is longer than ${megabytes(maxBytes)}; split it, or give it as NDJSON`;
      yield { kind: 'refusal', refusal: refusalAt({ file }, why) };
      return;
    }
    parts.push(chunk);
  }
  if (length === 0) yield { kind: 'refusal', refusal: refusalAt({ file }, 'is empty') };
  else yield* readText(Buffer.concat(parts, length), { file });
}

function* readText(bytes: Uint8Array, position: SourcePosition): Generator<Loadable> {
  const text = decode(bytes)?.trim();
  if (text === undefined) yield { kind: 'refusal', refusal: refusalAt(position, 'is not UTF-8') };
  else if (text !== '') yield* readResource(text, parseResource(text), position);
}

/** A leading byte order mark is dropped, as RFC 8259 allows. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function* readResource(text: string, parsed: ParsedResource, position: SourcePosition): Generator<Loadable> {
  if (!parsed.ok) {
    yield { kind: 'refusal', refusal: refusalAt(position, parsed.why) };
  } else if (parsed.resourceType === 'Bundle') {
    yield* readBundle(text, parsed.resource, position);
  } else {
    yield single(text, parsed, position);
  }
}

function single(text: string, parsed: ParsedResource & { readonly ok: true }, position: SourcePosition): Loadable {
  const { resource, resourceType } = parsed;
  const given = resource['id'];
  if (given !== undefined && typeof given !== 'string') {
    return { kind: 'refusal', refusal: refusalAt(position, 'has an id that is not a string') };
  }
  const id = given ?? contentId(text);
  const request = { method: 'PUT', url: `${resourceType}/${id}` } as const;
  return { kind: 'entry', entry: { position, resourceType, request, text: given ? text : withId(text, id) } };
}
