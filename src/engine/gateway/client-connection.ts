/** One driver connection: answers its requests in the order in which they came (MongoDB wire protocol). */
import type { Socket } from 'node:net';
import type { EngineState } from './engine-state.ts';
import { createFrameCutter } from './frames.ts';
import { runCommand } from './run-command.ts';
import { frameReply, readRequest, WIRE_FRAMES } from './wire-message.ts';

/** A client that sends unacknowledged writes faster than they run is not read from until this many are left. */
const QUEUE_LIMIT = 64;

interface Client {
  readonly engine: EngineState;
  readonly socket: Socket;
  readonly id: number;
  readonly queue: Buffer[];
  answering: boolean;
}

function send(socket: Socket, pieces: readonly Buffer[]): void {
  if (socket.destroyed) return;
  if (pieces.length > 1) socket.cork();
  for (const piece of pieces) socket.write(piece);
  if (pieces.length > 1) socket.uncork();
}

async function answer(client: Client, message: Buffer): Promise<void> {
  const request = readRequest(message);
  const body = await runCommand(client.engine, request, client.id);
  if (request.wantsReply) send(client.socket, frameReply(request, body));
}

async function answerQueued(client: Client): Promise<void> {
  if (client.answering) return;
  client.answering = true;
  try {
    // Also when the client has gone meanwhile: it may have sent unacknowledged writes and left.
    for (let message = client.queue.shift(); message; message = client.queue.shift()) {
      await answer(client, message);
      if (client.socket.isPaused()) client.socket.resume();
    }
  } catch {
    client.queue.length = 0; // what came is not the protocol
    client.socket.destroy();
  }
  client.answering = false;
}

/** Serves the socket until it closes. `id` numbers the connection in the handshake. */
export function serveClient(engine: EngineState, socket: Socket, id: number): void {
  const client: Client = { engine, socket, id, queue: [], answering: false };
  const cutFrames = createFrameCutter(WIRE_FRAMES, (buffer, start, end) => {
    client.queue.push(buffer.subarray(start, end));
  });
  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    try {
      cutFrames(chunk);
    } catch {
      socket.destroy();
    }
    if (client.queue.length > QUEUE_LIMIT) socket.pause();
    void answerQueued(client);
  });
  socket.on('error', () => socket.destroy());
}
