/** Shares a limited number of PostgreSQL connections; transactions never take the last ones of them. */
import type { PostgresConnection } from './postgres-connection.ts';
import { PostgresConnectionLost, PostgresPoolExhausted } from './postgres-error.ts';

/** `pinned`: kept over several commands (a transaction). `shared`: given back after one command. */
type Tenure = 'shared' | 'pinned';

export interface PoolOptions {
  readonly connect: () => Promise<PostgresConnection>;
  /** Connections at most. */
  readonly size: number;
  /** How many of them pinned use must leave free. */
  readonly reserved: number;
  /** Milliseconds after which a wait for a connection ends with PostgresPoolExhausted. */
  readonly waitLimitMs: Readonly<Record<Tenure, number>>;
}

export interface PostgresPool {
  /** A connection that is free at this moment, for shared use. */
  takeIdle(): PostgresConnection | undefined;
  /** Rejects with PostgresPoolExhausted, or with the error of connecting. */
  acquire(tenure: Tenure): Promise<PostgresConnection>;
  release(connection: PostgresConnection, tenure: Tenure): void;
  /** Closes every connection, also those in use, and refuses everything from now on. */
  close(): void;
  counts(): { readonly open: number; readonly idle: number; readonly pinned: number; readonly waiting: number };
}

interface Waiter {
  readonly tenure: Tenure;
  readonly resolve: (connection: PostgresConnection) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

interface PoolState {
  readonly options: PoolOptions;
  readonly open: Set<PostgresConnection>;
  readonly waiters: Waiter[];
  idle: PostgresConnection[];
  opening: number;
  pinned: number;
  closed: boolean;
}

function mayGrant(state: PoolState, tenure: Tenure): boolean {
  return tenure === 'shared' || state.pinned < state.options.size - state.options.reserved;
}

function removeWaiter(state: PoolState, waiter: Waiter): void {
  clearTimeout(waiter.timer);
  const position = state.waiters.indexOf(waiter);
  if (position >= 0) state.waiters.splice(position, 1);
}

function grantIdle(state: PoolState): void {
  for (const waiter of [...state.waiters]) {
    if (!mayGrant(state, waiter.tenure)) continue;
    const connection = state.idle.pop();
    if (!connection) return;
    removeWaiter(state, waiter);
    if (waiter.tenure === 'pinned') state.pinned++;
    waiter.resolve(connection);
  }
}

function rejectWaiter(state: PoolState, waiter: Waiter | undefined, error: unknown): void {
  if (!waiter) return;
  removeWaiter(state, waiter);
  waiter.reject(error);
}

function adopt(state: PoolState, connection: PostgresConnection): void {
  if (state.closed) {
    connection.close();
    return;
  }
  state.open.add(connection);
  state.idle.push(connection);
  connection.onClose(() => {
    state.open.delete(connection);
    state.idle = state.idle.filter((other) => other !== connection);
    serve(state);
  });
}

async function openOne(state: PoolState): Promise<void> {
  state.opening++;
  try {
    adopt(state, await state.options.connect());
  } catch (error) {
    // One failed attempt answers one waiter, so that a dead engine is reported at once and not after the wait limit.
    rejectWaiter(state, state.waiters[0], error);
  }
  state.opening--;
  serve(state);
}

function serve(state: PoolState): void {
  if (state.closed || state.waiters.length === 0) return;
  grantIdle(state);
  const eligible = state.waiters.filter((waiter) => mayGrant(state, waiter.tenure)).length;
  const room = state.options.size - state.open.size - state.opening;
  for (let count = Math.min(eligible - state.opening, room); count > 0; count--) void openOne(state);
}

function acquire(state: PoolState, tenure: Tenure): Promise<PostgresConnection> {
  if (state.closed) return Promise.reject(new PostgresConnectionLost('the gateway is closed', false));
  return new Promise((resolve, reject) => {
    const limit = state.options.waitLimitMs[tenure];
    const timer = setTimeout(() => rejectWaiter(state, waiter, new PostgresPoolExhausted(limit)), limit);
    const waiter: Waiter = { tenure, resolve, reject, timer };
    state.waiters.push(waiter);
    serve(state);
  });
}

function release(state: PoolState, connection: PostgresConnection, tenure: Tenure): void {
  if (tenure === 'pinned') state.pinned--;
  if (!connection.closed) state.idle.push(connection);
  serve(state);
}

function closePool(state: PoolState): void {
  state.closed = true;
  for (const waiter of [...state.waiters]) {
    rejectWaiter(state, waiter, new PostgresConnectionLost('the gateway is closed', false));
  }
  for (const connection of [...state.open]) connection.close();
}

export function createPostgresPool(options: PoolOptions): PostgresPool {
  const state: PoolState = {
    options,
    open: new Set(),
    waiters: [],
    idle: [],
    opening: 0,
    pinned: 0,
    closed: false,
  };
  return {
    takeIdle: () => (state.waiters.length === 0 ? state.idle.pop() : undefined),
    acquire: (tenure) => acquire(state, tenure),
    release: (connection, tenure) => release(state, connection, tenure),
    close: () => closePool(state),
    counts: () => ({
      open: state.open.size,
      idle: state.idle.length,
      pinned: state.pinned,
      waiting: state.waiters.length,
    }),
  };
}
