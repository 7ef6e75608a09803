/** Repeats a write that lost against a concurrent one, as MongoDB itself does outside of transactions. */
import { setTimeout as delay } from 'node:timers/promises';
import { PostgresError } from './postgres-error.ts';

export const CONFLICT_ATTEMPTS = 12;
const LONGEST_FIRST_PAUSE_MS = 4;
const LONGEST_PAUSE_MS = 200;
const CONFLICT_STATES = new Set(['40001', '40P01']);

export function isConflictState(sqlState: string): boolean {
  return CONFLICT_STATES.has(sqlState);
}

/** Waits a random time that grows with the attempts, so that the writers that collided don't collide again. */
export async function pauseAfterConflict(attempt: number): Promise<void> {
  const longest = Math.min(LONGEST_FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
  await delay(Math.random() * longest);
}

/** Runs a statement that PostgreSQL rolls back as a whole when it conflicts, again while it does. */
export async function repeatOnConflict<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      const conflict = error instanceof PostgresError && isConflictState(error.sqlState);
      if (!conflict || attempt >= CONFLICT_ATTEMPTS) throw error;
      await pauseAfterConflict(attempt);
    }
  }
}
