/** One connection to PostgreSQL over its unix socket: pipelined calls, binary values, cached prepared statements. */
import { createConnection, type Socket } from 'node:net';
import { createFrameCutter } from './frames.ts';
import { PostgresConnectionLost, PostgresError } from './postgres-error.ts';
import {
  BACKEND,
  encodeExecution,
  encodeParse,
  encodeSimpleQuery,
  encodeStartup,
  POSTGRES_FRAMES,
  type Row,
  readErrorFields,
  readRow,
  type Statement,
  TERMINATE,
} from './postgres-messages.ts';

export interface PostgresAddress {
  readonly socketDirectory: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** `idle`: outside a transaction; `open`: inside one; `failed`: inside one that can only be rolled back. */
type TransactionStatus = 'idle' | 'open' | 'failed';

export interface PostgresConnection {
  readonly closed: boolean;
  /** As of the latest answer. */
  readonly transactionStatus: TransactionStatus;
  /** Runs statements given as text; all their rows, values as text. Rejects with PostgresError or PostgresConnectionLost. */
  simple(sql: string): Promise<readonly Row[]>;
  /** Runs one statement with values in binary form; rows in binary form. Calls may be made before earlier ones answer. */
  query(statement: Statement, values: Row): Promise<readonly Row[]>;
  onClose(listener: () => void): void;
  /** Ends the connection; calls without answer reject with PostgresConnectionLost. */
  close(): void;
}

interface Call {
  readonly resolve: (rows: readonly Row[]) => void;
  readonly reject: (error: Error) => void;
  readonly rows: Row[];
  /** Set while the statement's preparation is not confirmed. */
  preparing: Statement | undefined;
  error?: PostgresError;
  /** The operating system has taken all of it; before that PostgreSQL can't have executed it. */
  sent: boolean;
}

interface Link {
  readonly socket: Socket;
  readonly calls: Call[];
  readonly prepared: Map<Statement, string>;
  readonly closeListeners: (() => void)[];
  status: TransactionStatus;
  closed: boolean;
  statementCount: number;
}

const NOTHING = Buffer.alloc(0);
const CONNECT_LIMIT_MS = 10_000;
const UNDEFINED_STATEMENT = '26000';
const STATUS_BY_BYTE: Readonly<Record<number, TransactionStatus>> = { 73: 'idle', 84: 'open', 69: 'failed' };

function loseLink(link: Link, reason: string): void {
  if (link.closed) return;
  link.closed = true;
  link.socket.destroy();
  for (const call of link.calls.splice(0)) call.reject(call.error ?? new PostgresConnectionLost(reason, call.sent));
  for (const listener of link.closeListeners) listener();
}

function finishCall(link: Link, statusByte: number): void {
  link.status = STATUS_BY_BYTE[statusByte] ?? 'failed';
  const call = link.calls.shift();
  if (!call) return;
  if (!call.error) {
    call.resolve(call.rows);
    return;
  }
  if (call.preparing) link.prepared.delete(call.preparing);
  if (call.error.sqlState === UNDEFINED_STATEMENT) link.prepared.clear();
  call.reject(call.error);
}

function requireTrust(link: Link, method: number): void {
  if (method !== 0) loseLink(link, `PostgreSQL asks for authentication method ${method}; only trust is supported`);
}

function onMessage(link: Link, buffer: Buffer, start: number, end: number): void {
  const call = link.calls[0];
  switch (buffer[start]) {
    case BACKEND.row:
      call?.rows.push(readRow(buffer, start + 5));
      break;
    case BACKEND.parseComplete:
      if (call) call.preparing = undefined;
      break;
    case BACKEND.error:
      if (call) call.error ??= new PostgresError(readErrorFields(buffer, start + 5, end));
      break;
    case BACKEND.ready:
      finishCall(link, buffer[start + 5] as number);
      break;
    case BACKEND.authentication:
      requireTrust(link, buffer.readInt32BE(start + 5));
      break;
    default: // notices, parameter reports, command tags, bind and close confirmations
  }
}

function write(socket: Socket, pieces: readonly Buffer[], whenTaken: (error?: Error | null) => void): void {
  const last = pieces.length - 1;
  if (last > 0) socket.cork();
  for (let index = 0; index < last; index++) socket.write(pieces[index] as Buffer);
  socket.write(pieces[last] as Buffer, whenTaken);
  if (last > 0) socket.uncork();
}

function send(link: Link, pieces: readonly Buffer[], preparing?: Statement): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    const call: Call = { resolve, reject, rows: [], sent: false, preparing };
    link.calls.push(call);
    write(link.socket, pieces, (error) => {
      call.sent = !error;
    });
  });
}

function query(link: Link, statement: Statement, values: Row): Promise<readonly Row[]> {
  if (link.closed) return Promise.reject(new PostgresConnectionLost('PostgreSQL connection is closed', false));
  const known = link.prepared.get(statement);
  if (known !== undefined) return send(link, encodeExecution(NOTHING, known, values));
  const name = `s${++link.statementCount}`;
  link.prepared.set(statement, name);
  return send(link, encodeExecution(encodeParse(name, statement), name, values), statement);
}

function simple(link: Link, sql: string): Promise<readonly Row[]> {
  if (link.closed) return Promise.reject(new PostgresConnectionLost('PostgreSQL connection is closed', false));
  return send(link, [encodeSimpleQuery(sql)]);
}

function connectionOf(link: Link): PostgresConnection {
  return {
    get closed() {
      return link.closed;
    },
    get transactionStatus() {
      return link.status;
    },
    simple: (sql) => simple(link, sql),
    query: (statement, values) => query(link, statement, values),
    onClose: (listener) => void link.closeListeners.push(listener),
    close: () => {
      if (!link.closed) link.socket.write(TERMINATE);
      loseLink(link, 'PostgreSQL connection was closed');
    },
  };
}

function openLink(address: PostgresAddress): Link {
  const socket = createConnection(`${address.socketDirectory}/.s.PGSQL.${address.port}`);
  const link: Link = {
    socket,
    calls: [],
    prepared: new Map(),
    closeListeners: [],
    status: 'idle',
    closed: false,
    statementCount: 0,
  };
  const cutFrames = createFrameCutter(POSTGRES_FRAMES, (...frame) => onMessage(link, ...frame));
  socket.on('data', (chunk: Buffer) => {
    try {
      cutFrames(chunk);
    } catch (error) {
      loseLink(link, `PostgreSQL sent what it should not: ${String(error)}`);
    }
  });
  socket.on('error', (error) => loseLink(link, error.message));
  socket.on('close', () => loseLink(link, 'PostgreSQL closed the connection'));
  return link;
}

/**
 * Connects and waits until PostgreSQL takes statements. `settings` are run-time settings of the session by name.
 * Rejects with PostgresError when it refuses (starting up, no such database), PostgresConnectionLost when nothing answers.
 */
export async function connectPostgres(
  address: PostgresAddress,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresConnection> {
  const link = openLink(address);
  const { user, database } = address;
  const limit = setTimeout(() => loseLink(link, 'PostgreSQL did not answer in time'), CONNECT_LIMIT_MS);
  try {
    await send(link, [encodeStartup({ user, database, client_encoding: 'UTF8', ...settings })]);
  } catch (error) {
    loseLink(link, 'PostgreSQL refused the connection');
    throw error instanceof PostgresConnectionLost ? new PostgresConnectionLost(error.message, false) : error;
  } finally {
    clearTimeout(limit);
  }
  return connectionOf(link);
}
