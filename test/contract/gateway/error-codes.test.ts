/** The translation of errors, without an engine (docs/gateway.md, "Errors"). */
import { describe, expect, it } from 'vitest';
import { fromSqlState, toCommandError, unpackSqlState } from '../../../src/engine/gateway/error-codes.ts';
import {
  PostgresConnectionLost,
  PostgresError,
  PostgresPoolExhausted,
} from '../../../src/engine/gateway/postgres-error.ts';

const ALONE = { inTransaction: false, retryableWrite: false };
const RETRYABLE = { inTransaction: false, retryableWrite: true };
const IN_TRANSACTION = { inTransaction: true, retryableWrite: false };

function shown({ code, codeName, labels }: ReturnType<typeof fromSqlState>): unknown {
  return [code, codeName, ...labels];
}

/** PostgreSQL's own packing of a SQLSTATE. */
function pack(state: string): number {
  return [...state].reduce((packed, character, index) => packed | ((character.charCodeAt(0) - 0x30) << (6 * index)), 0);
}

describe('a SQLSTATE', () => {
  it.each([
    ['23505', [11000, 'DuplicateKey']],
    ['M001C', [11000, 'DuplicateKey']],
    ['40001', [112, 'WriteConflict']],
    ['40P01', [112, 'WriteConflict']],
    ['55P03', [24, 'LockTimeout']],
    ['57014', [50, 'MaxTimeMSExpired']],
    ['57P03', [91, 'ShutdownInProgress']],
    ['M009H', [51091, 'Location51091']],
    ['M00CO', [121, 'DocumentValidationFailure']],
    ['M00ZZ', [8_001_295, 'Location8001295']],
    ['42601', [1, 'InternalError']],
  ])('%s becomes its MongoDB error', (state, expected) => {
    expect(shown(fromSqlState(state, 'why', ALONE))).toEqual(expected);
  });

  it.each([
    ['40001', 112],
    ['40P01', 112],
    ['55P03', 112],
    ['57P01', 91],
    ['25P02', 251],
    ['M00F1', 112],
  ])('%s lets a transaction run again', (state, code) => {
    const error = fromSqlState(state, 'why', IN_TRANSACTION);
    expect([error.code, error.labels]).toEqual([code, ['TransientTransactionError']]);
  });

  it.each(['23505', 'M0004', '42601'])('%s does not let a transaction run again', (state) => {
    expect(fromSqlState(state, 'why', IN_TRANSACTION).labels).toEqual([]);
  });

  it('survives being packed into an integer', () => {
    const states = ['23505', 'M001C', '40P01', 'M00FD', '00000', 'ZZZZZ'];
    expect(states.map((state) => unpackSqlState(pack(state)))).toEqual(states);
  });

  it('that PostgreSQL raised is shown when it has no counterpart', () => {
    expect(fromSqlState('42601', 'syntax error', ALONE).message).toBe('syntax error (SQLSTATE 42601)');
  });
});

describe('a lost connection', () => {
  it('lets a write be sent again only when it was not sent', () => {
    expect(shown(toCommandError(new PostgresConnectionLost('gone', false), RETRYABLE))).toEqual([
      91,
      'ShutdownInProgress',
      'RetryableWriteError',
    ]);
    expect(shown(toCommandError(new PostgresConnectionLost('gone', true), RETRYABLE))).toEqual([
      91,
      'ShutdownInProgress',
    ]);
  });

  it('lets a transaction run again in both cases', () => {
    for (const sent of [true, false]) {
      const error = toCommandError(new PostgresConnectionLost('gone', sent), IN_TRANSACTION);
      expect(error.labels).toEqual(['TransientTransactionError']);
    }
  });
});

it('an exhausted pool lets transactions and writes be tried again', () => {
  const exhausted = new PostgresPoolExhausted(5);
  expect(shown(toCommandError(exhausted, IN_TRANSACTION))).toEqual([24, 'LockTimeout', 'TransientTransactionError']);
  expect(shown(toCommandError(exhausted, RETRYABLE))).toEqual([262, 'ExceededTimeLimit', 'RetryableWriteError']);
});

it('a shutdown that PostgreSQL announces had no effect: the write may be sent again', () => {
  const announced = new PostgresError(new Map([['C', '57P01'], ['M', 'terminating connection']])); // biome-ignore format: one line
  expect(toCommandError(announced, RETRYABLE).labels).toEqual(['RetryableWriteError']);
});

it('anything else is an internal error with its message', () => {
  expect(shown(toCommandError(new TypeError('oops'), ALONE))).toEqual([1, 'InternalError']);
});
