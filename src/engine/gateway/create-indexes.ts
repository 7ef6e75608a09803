/** createIndexes that returns when the indexes can be used (MongoDB database command createIndexes). */
import { setTimeout as delay } from 'node:timers/promises';
import { collectionOf, decodeDocument, encodeDocument, namespaceOf } from './command.ts';
import { CommandError, DUPLICATE_KEY, INTERNAL_ERROR } from './command-error.ts';
import { type CommandContext, execute, executeForDocument } from './engine-state.ts';
import { fromSqlState, unpackSqlState } from './error-codes.ts';
import { PostgresError } from './postgres-error.ts';
import { withoutElements } from './raw-bson.ts';
import { CREATE_INDEXES_IN_BACKGROUND, CREATE_INDEXES_NOW, INDEX_BUILD_STATUS, isTrue } from './statements.ts';

/** Fields that every command may have and that the engine refuses here. */
const GENERIC_FIELDS = new Set(['lsid', '$db', '$clusterTime', 'commitQuorum', 'txnNumber', 'writeConcern']);
const STATUS_INTERVAL_MS = 100;
const EMPTY_DOCUMENT_LENGTH = 5;

interface IndexReply {
  readonly ok?: unknown;
  readonly code?: unknown;
  readonly errmsg?: unknown;
  readonly raw?: Readonly<Record<string, IndexReply>>;
  readonly numIndexesBefore?: number;
  readonly numIndexesAfter?: number;
  readonly createdCollectionAutomatically?: boolean;
  readonly note?: string;
}

/** The error that an index reply reports, if it does. */
export function indexError(reply: Readonly<Record<string, unknown>>): CommandError | undefined {
  const { code, errmsg, ok } = reply as IndexReply;
  if (ok === 1 || ok === true) return undefined;
  const message = String(errmsg ?? 'index command failed');
  if (typeof code !== 'number') return new CommandError(INTERNAL_ERROR, message);
  return fromSqlState(unpackSqlState(code), message, { inTransaction: false, retryableWrite: false });
}

/** The engine answers by shard, as a mongos does; the client gets the reply of a single server. */
function singleReply(document: Buffer): Buffer {
  const reply = decodeDocument(document) as IndexReply;
  const shard = Object.values(reply.raw ?? {})[0] ?? reply;
  const error = indexError({ ...shard });
  if (error) throw error;
  const { numIndexesBefore, numIndexesAfter, createdCollectionAutomatically = false, note } = shard;
  return encodeDocument({
    numIndexesBefore,
    numIndexesAfter,
    createdCollectionAutomatically,
    ...(note === undefined ? {} : { note }),
    ok: 1,
  });
}

async function awaitBuild(context: CommandContext, requests: Buffer): Promise<void> {
  for (;;) {
    const [row] = await execute(context, INDEX_BUILD_STATUS, [requests]);
    if (row?.[0] && !isTrue(row[1])) singleReply(row[0]);
    if (isTrue(row?.[2])) return;
    await delay(STATUS_INTERVAL_MS);
  }
}

async function buildInBackground(context: CommandContext, body: Buffer): Promise<Buffer> {
  const [row] = await execute(context, CREATE_INDEXES_IN_BACKGROUND, [context.command.databaseBytes, body]);
  const [reply, success, requests] = row ?? [];
  if (!reply) throw new CommandError(INTERNAL_ERROR, 'the engine gave no answer to createIndexes');
  if (isTrue(success) && requests && requests.length > EMPTY_DOCUMENT_LENGTH) await awaitBuild(context, requests);
  return reply;
}

/** A unique index that the stored documents break fails with PostgreSQL's words; MongoDB names the collection. */
function buildError(context: CommandContext, error: unknown): unknown {
  if (!(error instanceof PostgresError) || error.sqlState !== '23P01') return error;
  const message = `E11000 duplicate key error collection: ${namespaceOf(context.command)}: documents share a key`;
  return new CommandError(DUPLICATE_KEY, message);
}

async function buildAtOnce(context: CommandContext, body: Buffer): Promise<Buffer> {
  try {
    return await executeForDocument(context, CREATE_INDEXES_NOW, [context.command.databaseBytes, body]);
  } catch (error) {
    throw buildError(context, error);
  }
}

export async function createIndexes(context: CommandContext): Promise<Buffer> {
  const { command, engine } = context;
  const collection = collectionOf(command);
  engine.indexKeys.delete(namespaceOf(command));
  const body = withoutElements(command.body, GENERIC_FIELDS);
  const reply =
    engine.capabilities.indexBuild === 'at-once'
      ? await buildAtOnce(context, body)
      : await buildInBackground(context, body);
  const answer = singleReply(reply);
  engine.statistics.refreshSoon(command.databaseBytes, collection);
  return answer;
}
