/** Cursors: first pages, getMore and killCursors over continuations that the engine hands out (MongoDB Find, getMore and killCursors specification). */
import { BSON } from 'mongodb';
import { argumentOf, encodeDocument } from './command.ts';
import { BAD_VALUE, CommandError, CURSOR_NOT_FOUND } from './command-error.ts';
import { type CommandContext, type EngineState, execute, executeAlone } from './engine-state.ts';
import type { Row, Statement } from './postgres-messages.ts';
import { findElement, readDocument, readInteger, visitElements } from './raw-bson.ts';
import { DELETE_CURSOR, encodeInt8, GET_MORE } from './statements.ts';
import type { Transaction } from './transactions.ts';

export interface Cursor {
  readonly id: bigint;
  readonly databaseBytes: Buffer;
  /** The engine keeps its remaining rows in a file, to be deleted when it is not read to its end. */
  readonly persisted: boolean;
  readonly transaction: Transaction | undefined;
  readonly sessionId: string | undefined;
  continuation: Buffer;
  /** Milliseconds since the epoch. */
  lastUsedAt: number;
}

/** The field of a continuation that names the file with the remaining rows. */
const FILE_FIELD = 'qf';
const IDLE_LIMIT_MS = 600_000;

function keepCursor(context: CommandContext, [, continuation, idBytes]: Row): void {
  if (!continuation || !idBytes) return;
  const { command, engine, transaction } = context;
  const id = idBytes.readBigInt64BE(0);
  transaction?.cursors.add(id);
  engine.cursors.set(id, {
    id,
    databaseBytes: Buffer.from(command.databaseBytes),
    persisted: findElement(continuation, FILE_FIELD) !== undefined,
    transaction,
    sessionId: command.sessionId,
    continuation: Buffer.from(continuation),
    lastUsedAt: Date.now(),
  });
}

function pageOf(row: Row | undefined): Buffer {
  if (!row?.[0]) throw new Error('the engine answered without a cursor page');
  return row[0];
}

/** Runs a statement that answers the first page of a cursor and remembers how to go on. */
export async function openCursor(context: CommandContext, statement: Statement): Promise<Buffer> {
  const { databaseBytes, body } = context.command;
  const [row] = await execute(context, statement, [databaseBytes, body]);
  if (row) keepCursor(context, row);
  return pageOf(row);
}

/** Takes the cursor out of the map: while one getMore reads it, another one does not find it. */
function takeCursor({ command, engine, transaction }: CommandContext): Cursor {
  const id = readInteger(command.body, command.target);
  const cursor = id === undefined ? undefined : engine.cursors.get(id);
  if (!cursor || cursor.transaction !== transaction)
    throw new CommandError(CURSOR_NOT_FOUND, `cursor id ${id} not found`);
  engine.cursors.delete(cursor.id);
  return cursor;
}

export async function getMore(context: CommandContext): Promise<Buffer> {
  const cursor = takeCursor(context);
  const { engine, command } = context;
  try {
    const [row] = await execute(context, GET_MORE, [cursor.databaseBytes, command.body, cursor.continuation]);
    const continuation = row?.[1];
    if (continuation) {
      cursor.continuation = Buffer.from(continuation);
      cursor.lastUsedAt = Date.now();
      engine.cursors.set(cursor.id, cursor);
    }
    return pageOf(row);
  } catch (error) {
    if (!cursor.transaction) discard(engine, cursor);
    throw error;
  }
}

/** Deletes what the engine keeps of a cursor. Should that fail, the engine's own clean-up job does it later. */
function discard(engine: EngineState, cursor: Cursor): void {
  if (cursor.persisted) executeAlone(engine.pool, DELETE_CURSOR, [encodeInt8(cursor.id)]).catch(() => undefined);
}

/** Forgets the cursors with these ids; returns the ids that were known. */
export function closeCursors(engine: EngineState, ids: readonly bigint[]): readonly bigint[] {
  return ids.filter((id) => {
    const cursor = engine.cursors.get(id);
    if (!cursor) return false;
    engine.cursors.delete(id);
    discard(engine, cursor);
    return true;
  });
}

function cursorIds(context: CommandContext): readonly bigint[] {
  const array = readDocument(context.command.body, argumentOf(context.command, 'cursors'));
  if (!array) throw new CommandError(BAD_VALUE, 'killCursors needs an array of cursor ids');
  const ids: bigint[] = [];
  visitElements(array, (_, element) => {
    const id = readInteger(array, element);
    if (id !== undefined) ids.push(id);
    return true;
  });
  return ids;
}

export function killCursors(context: CommandContext): Buffer {
  const ids = cursorIds(context);
  const killed = new Set(closeCursors(context.engine, ids));
  return encodeDocument({
    cursorsKilled: ids.filter((id) => killed.has(id)).map((id) => BSON.Long.fromBigInt(id)),
    cursorsNotFound: ids.filter((id) => !killed.has(id)).map((id) => BSON.Long.fromBigInt(id)),
    cursorsAlive: [],
    cursorsUnknown: [],
    ok: 1,
  });
}

/** Closes the cursors of a session that has ended. */
export function closeSessionCursors(engine: EngineState, sessionId: string): void {
  const ids = [...engine.cursors.values()].filter((cursor) => cursor.sessionId === sessionId).map(({ id }) => id);
  closeCursors(engine, ids);
}

/** Closes cursors that nobody read for ten minutes. `now` in milliseconds since the epoch. */
export function sweepCursors(engine: EngineState, now: number): void {
  const idle = [...engine.cursors.values()].filter(
    (cursor) => !cursor.transaction && now - cursor.lastUsedAt > IDLE_LIMIT_MS,
  );
  closeCursors(
    engine,
    idle.map(({ id }) => id),
  );
}
