/** Multi-document transactions: each keeps one PostgreSQL connection until it ends (MongoDB Transactions specification). */
import { CommandError, noSuchTransaction, SHUTDOWN_IN_PROGRESS } from './command-error.ts';
import { executeAlone } from './engine-state.ts';
import { toCommandError } from './error-codes.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { PostgresConnectionLost, PostgresError } from './postgres-error.ts';
import type { PostgresPool } from './postgres-pool.ts';
import { CURRENT_TRANSACTION_ID, TRANSACTION_STATUS } from './statements.ts';

export interface Transaction {
  /** The session's txnNumber. */
  readonly number: bigint;
  /** Ids of the cursors opened inside; they end with it. */
  readonly cursors: Set<bigint>;
  /** Absent once it ended. */
  connection: PostgresConnection | undefined;
  /** `unknown`: the connection was lost while committing. */
  state: 'open' | 'committed' | 'aborted' | 'unknown';
  /** PostgreSQL's transaction id, learnt on committing; null when nothing was written. */
  postgresId: string | null | undefined;
  /** Commands running in it now. */
  running: number;
  /** Milliseconds since the epoch. */
  lastUsedAt: number;
}

/** Snapshot isolation, as MongoDB's transactions have. */
const BEGIN = 'BEGIN ISOLATION LEVEL REPEATABLE READ';

export async function beginTransaction(pool: PostgresPool, number: bigint): Promise<Transaction> {
  const connection = await pool.acquire('pinned');
  // Not awaited: the first statement travels right behind it. Should it fail, no statement may run outside a transaction.
  connection.simple(BEGIN).catch(() => connection.close());
  return {
    number,
    cursors: new Set(),
    connection,
    state: 'open',
    postgresId: undefined,
    running: 0,
    lastUsedAt: Date.now(),
  };
}

function detach(transaction: Transaction): PostgresConnection | undefined {
  const { connection } = transaction;
  transaction.connection = undefined;
  return connection;
}

/** Rolls back; does nothing when the transaction has ended. Never rejects. */
export async function abortTransaction(pool: PostgresPool, transaction: Transaction): Promise<void> {
  const connection = detach(transaction);
  if (!connection) return;
  transaction.state = 'aborted';
  await connection.simple('ROLLBACK').catch(() => connection.close());
  pool.release(connection, 'pinned');
}

function unknownOutcome(message: string): CommandError {
  const labels = ['UnknownTransactionCommitResult', 'RetryableWriteError'] as const;
  return new CommandError(SHUTDOWN_IN_PROGRESS, message, { labels });
}

function failedCommit(transaction: Transaction, error: unknown): CommandError | undefined {
  const lost = error instanceof PostgresConnectionLost;
  if (lost && transaction.postgresId === null) {
    transaction.state = 'committed'; // it had written nothing
    return undefined;
  }
  // PostgreSQL answers the question for the id before it looks at COMMIT: without that answer there was no commit.
  transaction.state = lost && transaction.postgresId !== undefined ? 'unknown' : 'aborted';
  if (transaction.state === 'unknown') return unknownOutcome('connection to the engine lost during commit');
  return toCommandError(error, { inTransaction: true, retryableWrite: false });
}

async function commitOpen(pool: PostgresPool, transaction: Transaction): Promise<void> {
  const connection = detach(transaction);
  if (!connection) throw noSuchTransaction(`Transaction ${transaction.number} has ended.`);
  let refusal: unknown;
  const idAnswer = connection.query(CURRENT_TRANSACTION_ID, []).then(
    (rows) => {
      transaction.postgresId = rows[0]?.[0]?.toString() ?? null;
    },
    (error: unknown) => {
      refusal = error instanceof PostgresError ? error : undefined;
    },
  );
  try {
    await Promise.all([idAnswer, connection.simple('COMMIT')]);
    if (refusal) throw refusal; // the transaction had failed, so that COMMIT rolled it back
    transaction.state = 'committed';
  } catch (error) {
    const failure = failedCommit(transaction, error);
    if (failure) throw failure;
  } finally {
    pool.release(connection, 'pinned');
  }
}

/** Asks PostgreSQL how a transaction ended whose connection was lost during commit. */
async function settle(pool: PostgresPool, transaction: Transaction): Promise<void> {
  const id = Buffer.from(transaction.postgresId ?? '');
  const rows = await executeAlone(pool, TRANSACTION_STATUS, [id]).catch((error: unknown) => {
    // An id that the restarted engine has not given out yet: its commit never reached the disk.
    if (error instanceof PostgresError) return [[Buffer.from('aborted')]];
    throw unknownOutcome('the engine is not back yet');
  });
  const status = rows[0]?.[0]?.toString();
  if (status === 'in progress') throw unknownOutcome('the commit is still in progress');
  transaction.state = status === 'committed' ? 'committed' : 'aborted';
}

/** Commits; repeated calls give the same outcome. Throws CommandError when the transaction is or gets aborted. */
export async function commitTransaction(pool: PostgresPool, transaction: Transaction): Promise<void> {
  if (transaction.state === 'open') await commitOpen(pool, transaction);
  if (transaction.state === 'unknown') await settle(pool, transaction);
  if (transaction.state === 'aborted') throw noSuchTransaction(`Transaction ${transaction.number} has been aborted.`);
}
