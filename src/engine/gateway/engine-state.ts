/** What the commands of one gateway share, and the one way in which they reach PostgreSQL. */
import type { Command } from './command.ts';
import { noSuchTransaction } from './command-error.ts';
import type { Cursor } from './cursors.ts';
import type { EngineCapabilities } from './engine-capabilities.ts';
import type { IndexStatistics } from './index-statistics.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import type { Row, Statement } from './postgres-messages.ts';
import type { PostgresPool } from './postgres-pool.ts';
import type { Session } from './sessions.ts';
import type { Transaction } from './transactions.ts';

export interface EngineState {
  readonly pool: PostgresPool;
  readonly sessions: Map<string, Session>;
  readonly cursors: Map<bigint, Cursor>;
  /** Key patterns of indexes, by namespace and index name. */
  readonly indexKeys: Map<string, ReadonlyMap<string, Readonly<Record<string, unknown>>>>;
  readonly statistics: IndexStatistics;
  readonly capabilities: EngineCapabilities;
  /** Own address as drivers see it: `host:port` or the socket's path. */
  readonly self: string;
  readonly startedAt: number;
}

export interface CommandContext {
  readonly command: Command;
  readonly engine: EngineState;
  readonly transaction?: Transaction;
}

async function giveBack(pool: PostgresPool, connection: PostgresConnection): Promise<void> {
  // A function that failed between its own transactions leaves one open; it must not reach the next command.
  if (connection.transactionStatus !== 'idle' && !connection.closed) {
    await connection.simple('ROLLBACK').catch(() => connection.close());
  }
  pool.release(connection, 'shared');
}

/** Runs one statement by itself on whichever connection is free. */
export async function executeAlone(pool: PostgresPool, statement: Statement, values: Row): Promise<readonly Row[]> {
  const connection = pool.takeIdle() ?? (await pool.acquire('shared'));
  try {
    return await connection.query(statement, values);
  } finally {
    if (connection.transactionStatus === 'idle' || connection.closed) pool.release(connection, 'shared');
    else await giveBack(pool, connection);
  }
}

/** Runs one statement inside the command's transaction, or by itself when there is none. */
export function execute(context: CommandContext, statement: Statement, values: Row): Promise<readonly Row[]> {
  const { transaction, engine } = context;
  if (!transaction) return executeAlone(engine.pool, statement, values);
  if (!transaction.connection) return Promise.reject(noSuchTransaction(`Transaction ${transaction.number} has ended.`));
  return transaction.connection.query(statement, values);
}

/** First value of the first row; throws when the statement gave none, which no function that we call does. */
export function onlyValue(rows: readonly Row[]): Buffer {
  const value = rows[0]?.[0];
  if (!value) throw new Error('the engine answered without a document');
  return value;
}

export async function executeForDocument(context: CommandContext, statement: Statement, values: Row): Promise<Buffer> {
  return onlyValue(await execute(context, statement, values));
}
