/**
 * One kept-alive HTTP/1.1 connection (RFC 9112) that costs little: the client shares the machine with what it measures,
 * so every microsecond it takes would make servers look alike.
 */
import { connect } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

export interface Connection {
  /** Sends a whole request and waits for its answer; one at a time. */
  exchange(request: string): Promise<Answer>;
  close(): void;
}

/** A whole request as text. */
export function formatRequest({ method, path, body }: { method: string; path: string; body?: string }): string {
  const head = `${method} /fhir${path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/fhir+json\r\n`;
  if (body === undefined) return `${head}\r\n`;
  const length = Buffer.byteLength(body);
  return `${head}Content-Type: application/fhir+json\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

/** Where an answer's body starts and ends among its bytes; undefined while its head is not complete. */
export function measureAnswer(bytes: Buffer): { status: number; start: number; end: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without Content-Length can't be read: ${head}`);
  const start = headEnd + 4;
  return { status: Number(head.slice(9, 12)), start, end: start + Number(length) };
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** @param port of a server on this machine. */
export async function openConnection(port: number): Promise<Connection> {
  let waiting: Waiting | undefined;
  let chunks: Buffer[] = [];
  let size = 0;
  let wanted = 0;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const fail = (error: Error) => waiting?.reject(error);
  socket.on('error', fail).on('close', () => fail(new Error('the server closed the connection')));
  const receive = (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size < wanted) return;
    const bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    chunks = [bytes];
    const measured = measureAnswer(bytes);
    wanted = measured?.end ?? 0;
    if (!measured || size < wanted) return;
    chunks = [];
    size = 0;
    wanted = 0;
    waiting?.resolve({ status: measured.status, body: bytes.subarray(measured.start, measured.end) });
  };
  socket.on('data', (chunk) => {
    try {
      receive(chunk);
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return {
    exchange: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}
