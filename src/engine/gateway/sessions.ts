/** Logical sessions: what the gateway remembers of each between commands (MongoDB Driver Sessions specification). */
import { closeCursors } from './cursors.ts';
import type { EngineState } from './engine-state.ts';
import type { RetryableWrite } from './retryable-writes.ts';
import { abortTransaction, type Transaction } from './transactions.ts';

export interface Session {
  transaction?: Transaction;
  /** The latest write that carried a txnNumber. */
  write?: RetryableWrite;
  /** Milliseconds since the epoch. */
  lastUsedAt: number;
}

export const SESSION_TIMEOUT_MINUTES = 30;
const SESSION_LIFE_MS = (SESSION_TIMEOUT_MINUTES + 1) * 60_000;
/** An open transaction that no command used for this long is rolled back, as MongoDB does after 60 seconds. */
const TRANSACTION_IDLE_LIMIT_MS = 60_000;

/** The session with this id, made when it is not known. */
export function useSession(engine: EngineState, id: string): Session {
  const known = engine.sessions.get(id);
  const session = known ?? { lastUsedAt: 0 };
  if (!known) engine.sessions.set(id, session);
  session.lastUsedAt = Date.now();
  return session;
}

/** Rolls back the session's transaction and closes the cursors opened in it. */
export async function abortSessionTransaction(engine: EngineState, session: Session): Promise<void> {
  const { transaction } = session;
  if (transaction?.state !== 'open') return;
  await abortTransaction(engine.pool, transaction);
  closeCursors(engine, [...transaction.cursors]);
}

export async function endSession(engine: EngineState, id: string): Promise<void> {
  const session = engine.sessions.get(id);
  if (!session) return;
  engine.sessions.delete(id);
  await abortSessionTransaction(engine, session);
}

function isAbandoned(transaction: Transaction, now: number): boolean {
  return (
    transaction.state === 'open' &&
    transaction.running === 0 &&
    now - transaction.lastUsedAt > TRANSACTION_IDLE_LIMIT_MS
  );
}

/** Rolls back abandoned transactions and forgets expired sessions. `now` in milliseconds since the epoch. */
export function sweepSessions(engine: EngineState, now: number): void {
  for (const [id, session] of engine.sessions) {
    const { transaction } = session;
    if (transaction && isAbandoned(transaction, now)) void abortSessionTransaction(engine, session);
    else if (now - session.lastUsedAt > SESSION_LIFE_MS && transaction?.state !== 'open') engine.sessions.delete(id);
  }
}
