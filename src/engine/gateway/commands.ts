/** The table of commands: which function answers which (MongoDB manual, "Database Commands"). */
import {
  collMod,
  collStats,
  create,
  dbStats,
  drop,
  dropDatabase,
  dropIndexes,
  renameCollection,
} from './catalog-commands.ts';
import { argumentOf, type Command } from './command.ts';
import { COMMAND_NOT_FOUND, CommandError, noSuchTransaction } from './command-error.ts';
import { createIndexes } from './create-indexes.ts';
import { closeSessionCursors, getMore, killCursors, openCursor } from './cursors.ts';
import {
  always,
  buildVersion,
  featureCompatibility,
  hello,
  OK_REPLY,
  replicaSetStatus,
  serverStatus,
  startSession,
} from './diagnostics.ts';
import { type CommandContext, executeForDocument } from './engine-state.ts';
import { explain, explainAggregate } from './explain.ts';
import type { Statement } from './postgres-messages.ts';
import { documentsOfArray, findElement, readBoolean, readDocument } from './raw-bson.ts';
import { endSession } from './sessions.ts';
import {
  AGGREGATE,
  BULK_WRITE,
  COMPACT,
  COUNT,
  CURRENT_OP,
  DELETE,
  DISTINCT,
  FIND,
  INSERT,
  LIST_COLLECTIONS,
  LIST_DATABASES,
  LIST_INDEXES,
  UPDATE,
  VALIDATE,
} from './statements.ts';
import { findAndModify, writeBatch } from './write-commands.ts';

type CommandHandler = (context: CommandContext) => Promise<Buffer> | Buffer;

/** Passes database and body to the engine; its result is the reply. */
function databaseFunction(statement: Statement): CommandHandler {
  return (context) => executeForDocument(context, statement, [context.command.databaseBytes, context.command.body]);
}

/** Passes the body alone to the engine; its result is the reply. */
function serverFunction(statement: Statement): CommandHandler {
  return (context) => executeForDocument(context, statement, [context.command.body]);
}

function cursorFunction(statement: Statement): CommandHandler {
  return (context) => openCursor(context, statement);
}

function aggregate(context: CommandContext): Promise<Buffer> {
  const { command } = context;
  const explained = readBoolean(command.body, argumentOf(command, 'explain')) === true;
  return explained ? explainAggregate(context) : openCursor(context, AGGREGATE);
}

function bulkWrite(context: CommandContext): Promise<Buffer> {
  const { body, sequences } = context.command;
  return executeForDocument(context, BULK_WRITE, [body, sequences.get('ops') ?? null, sequences.get('nsInfo') ?? null]);
}

function sessionIds(command: Command): readonly string[] {
  const array = readDocument(command.body, command.target);
  return (array ? documentsOfArray(array) : []).flatMap((lsid) => {
    const id = findElement(lsid, 'id');
    return id ? [lsid.toString('latin1', id.value, id.end)] : [];
  });
}

async function endSessions({ command, engine }: CommandContext): Promise<Buffer> {
  for (const id of sessionIds(command)) {
    closeSessionCursors(engine, id);
    await endSession(engine, id);
  }
  return OK_REPLY;
}

function transactionCommand(): never {
  throw noSuchTransaction('the command belongs to no transaction');
}

const ok = always({});

const HANDLERS: ReadonlyMap<string, CommandHandler> = new Map<string, CommandHandler>([
  ['insert', writeBatch(INSERT, 'documents')],
  ['update', writeBatch(UPDATE, 'updates')],
  ['delete', writeBatch(DELETE, 'deletes')],
  ['findAndModify', findAndModify],
  ['findandmodify', findAndModify],
  ['bulkWrite', bulkWrite],
  ['find', cursorFunction(FIND)],
  ['aggregate', aggregate],
  ['listCollections', cursorFunction(LIST_COLLECTIONS)],
  ['listIndexes', cursorFunction(LIST_INDEXES)],
  ['getMore', getMore],
  ['killCursors', killCursors],
  ['count', databaseFunction(COUNT)],
  ['distinct', databaseFunction(DISTINCT)],
  ['explain', explain],
  ['create', create],
  ['createIndexes', createIndexes],
  ['dropIndexes', dropIndexes],
  ['deleteIndexes', dropIndexes],
  ['drop', drop],
  ['dropDatabase', dropDatabase],
  ['renameCollection', renameCollection],
  ['collMod', collMod],
  ['collStats', collStats],
  ['dbStats', dbStats],
  ['listDatabases', serverFunction(LIST_DATABASES)],
  ['validate', databaseFunction(VALIDATE)],
  ['compact', serverFunction(COMPACT)],
  ['currentOp', serverFunction(CURRENT_OP)],
  ['hello', hello],
  ['isMaster', hello],
  ['ismaster', hello],
  ['ping', ok],
  ['startSession', startSession],
  ['refreshSessions', ok],
  ['endSessions', endSessions],
  ['killSessions', endSessions],
  ['commitTransaction', transactionCommand],
  ['abortTransaction', transactionCommand],
  ['buildInfo', buildVersion],
  ['buildinfo', buildVersion],
  ['serverStatus', serverStatus],
  ['replSetGetStatus', replicaSetStatus],
  ['getParameter', featureCompatibility],
  ['connectionStatus', always({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } })],
  ['getCmdLineOpts', always({ argv: [], parsed: {} })],
  ['getLog', always({ totalLinesWritten: 0, log: [] })],
  ['hostInfo', always({ system: {}, os: {}, extra: {} })],
  ['whatsmyuri', always({ you: 'local' })],
  ['logout', ok],
]);

/** Runs the command; rejects with whatever went wrong. */
export async function dispatch(context: CommandContext): Promise<Buffer> {
  const handler = HANDLERS.get(context.command.name);
  if (!handler) throw new CommandError(COMMAND_NOT_FOUND, `no such command: '${context.command.name}'`);
  return handler(context);
}
