/** Answers a write that a driver sends again with the reply of the first time (MongoDB Retryable Writes specification). */
import { CommandError, TRANSACTION_TOO_OLD } from './command-error.ts';
import type { Session } from './sessions.ts';

export interface RetryableWrite {
  readonly txnNumber: bigint;
  readonly reply: Promise<Buffer>;
}

const RETRYABLE_COMMANDS = new Set(['insert', 'update', 'delete', 'findAndModify', 'findandmodify', 'bulkWrite']);

export function isRetryableWrite(commandName: string): boolean {
  return RETRYABLE_COMMANDS.has(commandName);
}

/**
 * Runs the write unless the session's latest write has the same number; then its reply is given, also while it runs.
 * A write that failed as a whole is forgotten, so that sending it again runs it again.
 */
export async function runOnce(session: Session, txnNumber: bigint, run: () => Promise<Buffer>): Promise<Buffer> {
  const latest = session.write;
  if (latest?.txnNumber === txnNumber) return latest.reply;
  if (latest && latest.txnNumber > txnNumber) {
    throw new CommandError(TRANSACTION_TOO_OLD, `txnNumber ${txnNumber} is older than the session's latest`);
  }
  // A copy, because the reply is a view of a much larger chunk that would stay in memory with it.
  const write: RetryableWrite = { txnNumber, reply: run().then((reply) => Buffer.from(reply)) };
  session.write = write;
  try {
    return await write.reply;
  } catch (error) {
    if (session.write === write) delete session.write;
    throw error;
  }
}
