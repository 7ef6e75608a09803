/** Commands about collections, databases and indexes (MongoDB administration commands). */
import { argumentOf, type Command, collectionOf, decodeDocument, encodeDocument, namespaceOf } from './command.ts';
import { CommandError, NAMESPACE_NOT_FOUND } from './command-error.ts';
import { indexError } from './create-indexes.ts';
import { type CommandContext, execute, executeForDocument } from './engine-state.ts';
import { readInteger } from './raw-bson.ts';
import {
  COLL_MOD,
  COLL_STATS,
  CREATE,
  DB_STATS,
  DROP,
  DROP_DATABASE,
  DROP_INDEXES,
  encodeFloat8,
  isTrue,
  RENAME_COLLECTION,
} from './statements.ts';

export function create(context: CommandContext): Promise<Buffer> {
  const { command, engine } = context;
  engine.indexKeys.delete(namespaceOf(command));
  return executeForDocument(context, CREATE, [command.databaseBytes, command.body]);
}

export async function drop(context: CommandContext): Promise<Buffer> {
  const { command, engine } = context;
  const namespace = namespaceOf(command);
  engine.indexKeys.delete(namespace);
  const [row] = await execute(context, DROP, [command.databaseBytes, Buffer.from(collectionOf(command))]);
  if (!isTrue(row?.[0])) throw new CommandError(NAMESPACE_NOT_FOUND, 'ns not found');
  return encodeDocument({ ns: namespace, nIndexesWas: 1, ok: 1 });
}

export async function dropDatabase(context: CommandContext): Promise<Buffer> {
  const { command, engine } = context;
  engine.indexKeys.clear();
  await execute(context, DROP_DATABASE, [command.databaseBytes]);
  return encodeDocument({ dropped: command.database, ok: 1 });
}

export function renameCollection(context: CommandContext): Promise<Buffer> {
  context.engine.indexKeys.clear();
  return executeForDocument(context, RENAME_COLLECTION, [context.command.body]);
}

export async function dropIndexes(context: CommandContext): Promise<Buffer> {
  const { command, engine } = context;
  engine.indexKeys.delete(namespaceOf(command));
  const reply = decodeDocument(await executeForDocument(context, DROP_INDEXES, [command.databaseBytes, command.body]));
  const error = indexError(reply);
  if (error) throw error;
  return encodeDocument({ ...reply, ok: 1 });
}

export function collMod(context: CommandContext): Promise<Buffer> {
  const { command } = context;
  const collection = Buffer.from(collectionOf(command));
  return executeForDocument(context, COLL_MOD, [command.databaseBytes, collection, command.body]);
}

function scaleOf(command: Command): Buffer {
  return encodeFloat8(Number(readInteger(command.body, argumentOf(command, 'scale')) ?? 1n));
}

export function collStats(context: CommandContext): Promise<Buffer> {
  const { command } = context;
  const collection = Buffer.from(collectionOf(command));
  return executeForDocument(context, COLL_STATS, [command.databaseBytes, collection, scaleOf(command)]);
}

export function dbStats(context: CommandContext): Promise<Buffer> {
  const { command } = context;
  return executeForDocument(context, DB_STATS, [command.databaseBytes, scaleOf(command)]);
}
