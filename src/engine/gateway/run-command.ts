/** Leads a command to its transaction or its earlier reply, runs it, and turns every failure into a reply. */
import { type Command, encodeDocument, readCommand } from './command.ts';
import {
  CONFLICTING_OPERATION,
  CommandError,
  NOT_IN_TRANSACTION,
  noSuchTransaction,
  TRANSACTION_TOO_OLD,
} from './command-error.ts';
import { dispatch } from './commands.ts';
import { closeCursors } from './cursors.ts';
import { OK_REPLY } from './diagnostics.ts';
import type { EngineState } from './engine-state.ts';
import { type ErrorSetting, toCommandError } from './error-codes.ts';
import { isRetryableWrite, runOnce } from './retryable-writes.ts';
import { abortSessionTransaction, type Session, useSession } from './sessions.ts';
import { beginTransaction, commitTransaction, type Transaction } from './transactions.ts';
import type { WireRequest } from './wire-message.ts';

/** Commands that change or list the catalogue; within a transaction their locks would stop everyone else. */
const OUTSIDE_TRANSACTIONS = new Set([
  'collMod',
  'compact',
  'createIndexes',
  'deleteIndexes',
  'drop',
  'dropDatabase',
  'dropIndexes',
  'explain',
  'listCollections',
  'listDatabases',
  'listIndexes',
  'renameCollection',
]);

function refuseOutsider(command: Command): void {
  if (!OUTSIDE_TRANSACTIONS.has(command.name)) return;
  throw new CommandError(NOT_IN_TRANSACTION, `Cannot run '${command.name}' in a multi-document transaction.`);
}

async function openTransaction(engine: EngineState, session: Session, number: bigint): Promise<Transaction> {
  const latest = session.transaction?.number ?? -1n;
  if (latest === number) throw new CommandError(CONFLICTING_OPERATION, `transaction ${number} was started before`);
  if (latest > number) throw new CommandError(TRANSACTION_TOO_OLD, `transaction ${number} is older than ${latest}`);
  await abortSessionTransaction(engine, session);
  const transaction = await beginTransaction(engine.pool, number);
  await abortSessionTransaction(engine, session); // one that another command opened while this one waited
  session.transaction = transaction;
  return transaction;
}

async function commit(engine: EngineState, transaction: Transaction): Promise<Buffer> {
  try {
    await commitTransaction(engine.pool, transaction);
  } finally {
    closeCursors(engine, [...transaction.cursors]);
  }
  return OK_REPLY;
}

async function abort(engine: EngineState, session: Session, transaction: Transaction): Promise<Buffer> {
  if (transaction.state !== 'open') throw noSuchTransaction(`Transaction ${transaction.number} has ended.`);
  await abortSessionTransaction(engine, session);
  return OK_REPLY;
}

async function runStatement(
  engine: EngineState,
  session: Session,
  command: Command,
  transaction: Transaction,
): Promise<Buffer> {
  transaction.running++;
  try {
    refuseOutsider(command);
    return await dispatch({ command, engine, transaction });
  } catch (error) {
    await abortSessionTransaction(engine, session);
    throw error;
  } finally {
    transaction.running--;
    transaction.lastUsedAt = Date.now();
  }
}

async function runInTransaction(engine: EngineState, session: Session, command: Command): Promise<Buffer> {
  const number = command.txnNumber ?? -1n;
  if (command.startsTransaction) {
    refuseOutsider(command);
    await openTransaction(engine, session, number);
  }
  const { transaction } = session;
  if (transaction?.number !== number) {
    throw noSuchTransaction(`Given transaction number ${number} does not match any in-progress transactions.`);
  }
  if (command.name === 'commitTransaction') return commit(engine, transaction);
  if (command.name === 'abortTransaction') return abort(engine, session, transaction);
  if (transaction.state !== 'open') throw noSuchTransaction(`Transaction ${number} has been ${transaction.state}.`);
  return runStatement(engine, session, command, transaction);
}

function run(engine: EngineState, command: Command): Promise<Buffer> {
  const { sessionId, txnNumber } = command;
  if (sessionId === undefined || txnNumber === undefined) return dispatch({ command, engine });
  const session = useSession(engine, sessionId);
  if (command.inTransaction) return runInTransaction(engine, session, command);
  if (!isRetryableWrite(command.name)) return dispatch({ command, engine });
  return runOnce(session, txnNumber, () => dispatch({ command, engine }));
}

function errorReply(error: unknown, setting: ErrorSetting): Buffer {
  const { message, code, codeName, labels, fields } = toCommandError(error, setting);
  const errorLabels = labels.length > 0 ? { errorLabels: labels } : {};
  return encodeDocument({ ok: 0, errmsg: message, code, codeName, ...fields, ...errorLabels });
}

/** The BSON reply to a request; never rejects. */
export async function runCommand(engine: EngineState, request: WireRequest, connectionId: number): Promise<Buffer> {
  let setting: ErrorSetting = { inTransaction: false, retryableWrite: false };
  try {
    const command = readCommand(request, connectionId);
    const { inTransaction } = command;
    setting = { inTransaction, retryableWrite: !inTransaction && command.txnNumber !== undefined };
    return await run(engine, command);
  } catch (error) {
    return errorReply(error, setting);
  }
}
