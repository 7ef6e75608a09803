import { describe, expect, it } from 'vitest';
import { createRateLimit } from '../../../src/http/rate-limit.ts';

const start = (perSecond: number) => {
  const clock = { now: 0 };
  const { take } = createRateLimit(perSecond, () => clock.now);
  const taken = (key: string, times: number) =>
    Array.from({ length: times }, () => {
      try {
        take(key);
        return true;
      } catch (error) {
        expect(error).toMatchObject({ status: 429, hints: { retryAfterSeconds: 1 } });
        return false;
      }
    }).filter(Boolean).length;
  return { clock, taken };
};

describe('a rate limit', () => {
  it('lets a client ask at its rate, and two seconds’ worth at once (DOS-07)', () => {
    const { clock, taken } = start(10);
    expect(taken('one', 100)).toBe(20);
    clock.now += 1000;
    expect(taken('one', 100)).toBe(10);
    clock.now += 3_600_000;
    expect(taken('one', 100)).toBe(20);
  });

  it('of one client is not another’s (DOS-07)', () => {
    const { taken } = start(10);
    taken('one', 100);
    expect(taken('other', 5)).toBe(5);
  });

  it('remembers so many clients, and forgets the one that was away longest', () => {
    const { taken } = start(1);
    expect(taken('first', 3)).toBe(2);
    for (let index = 0; index < 10_000; index++) taken(`client-${index}`, 1);
    expect(taken('first', 3)).toBe(2);
  });
});
