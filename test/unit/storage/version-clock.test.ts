import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVersionClock } from '../../../src/storage/version-clock.ts';

describe('the clock of versions', () => {
  it('only goes forward, whatever the system clock does and whatever other servers stamped', () => {
    const times = fc.array(fc.record({ now: fc.nat(1000), previous: fc.option(fc.nat(2000)) }), { minLength: 2 });
    fc.assert(
      fc.property(times, (steps) => {
        let now = 0;
        let last = -1;
        const clock = createVersionClock(() => now);
        for (const step of steps) {
          now = step.now;
          const next = clock.next(step.previous === null ? undefined : new Date(step.previous)).getTime();
          expect(next).toBeGreaterThan(last);
          expect(next).toBeGreaterThan(step.previous ?? -1);
          expect(next).toBeGreaterThanOrEqual(now);
          last = next;
        }
      }),
    );
  });
});
