import { describe, expect, it, vi } from 'vitest';
import type { Database } from '../../../src/storage/database.ts';
import { inTurn } from '../../../src/storage/in-turn.ts';
import { untilWon } from '../../../src/storage/retry.ts';

const database = () => ({ db: {} }) as unknown as Database;

/** Work that tells when it runs and ends when it is told to. */
function controllable(log: string[], name: string) {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const work = async () => {
    log.push(`${name} begins`);
    await ended;
    log.push(`${name} ends`);
    return name;
  };
  return { work, end: () => end() };
}

describe('writers in turn', () => {
  it('go one after the other where they share a key, and at the same time where they share none', async () => {
    const [db, log] = [database(), [] as string[]];
    const [first, second, other] = ['first', 'second', 'other'].map((name) => controllable(log, name));
    if (!first || !second || !other) throw new Error('three expected');
    const results = Promise.all([
      inTurn(db, ['a', 'b'], first.work),
      inTurn(db, ['b', 'c'], second.work),
      inTurn(db, ['d'], other.work),
    ]);
    expect(log).toEqual(['first begins', 'other begins']);
    for (const { end } of [second, first, other]) end();
    expect(await results).toEqual(['first', 'second', 'other']);
    expect(log.indexOf('second begins')).toBeGreaterThan(log.indexOf('first ends'));
  });

  it('never wait for each other in a circle, in whatever order they name their keys', async () => {
    const db = database();
    const keys = [
      ['a', 'b', 'c'],
      ['c', 'a'],
      ['b', 'a'],
      ['c', 'b', 'a'],
    ];
    const all = Array.from({ length: 40 }, (_, index) => inTurn(db, keys[index % 4] ?? [], async () => index));
    expect(await Promise.all(all)).toEqual(Array.from({ length: 40 }, (_, index) => index));
  });

  it('do not wait for ever for one that hangs', async () => {
    vi.useFakeTimers();
    const [db, log] = [database(), [] as string[]];
    const hanging = controllable(log, 'hanging');
    const first = inTurn(db, ['a'], hanging.work);
    const next = Array.from({ length: 3 }, (_, index) => inTurn(db, ['a'], async () => index));
    await vi.runAllTimersAsync();
    expect(await Promise.all(next)).toEqual([0, 1, 2]);
    hanging.end();
    expect(await first).toBe('hanging');
    vi.useRealTimers();
  });

  it('go on after one of them failed', async () => {
    const db = database();
    const failing = inTurn(db, ['a'], () => Promise.reject(new RangeError('failed')));
    const next = inTurn(db, ['a'], async () => 'next');
    await expect(failing).rejects.toThrow(RangeError);
    expect(await next).toBe('next');
  });
});

describe('a write that is tried again', () => {
  it('ends with the first answer', async () => {
    const answers = [undefined, undefined, 'won', 'more'];
    expect(await untilWon(10, async () => answers.shift())).toBe('won');
    expect(answers).toEqual(['more']);
  });

  it('is given up after as many tries as were allowed', async () => {
    let tries = 0;
    const result = await untilWon(4, async () => {
      tries++;
      return undefined;
    });
    expect([result, tries]).toEqual([undefined, 4]);
  });
});
