import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type RunningProcess, supervise } from '../../../src/engine/supervise.ts';

interface Fake extends RunningProcess {
  end(how: string): void;
  readonly stops: number;
}

function fakeProcess(pid: number): Fake {
  let end: (how: string) => void = () => undefined;
  let stops = 0;
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const stop = async (): Promise<void> => {
    stops += 1;
    end('stopped');
  };
  return {
    pid,
    ended,
    stop,
    end,
    get stops() {
      return stops;
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}

describe('a supervised process', () => {
  it('is launched again whenever it ends by itself', async () => {
    const launched: Fake[] = [];
    const events: string[] = [];
    const launch = async () => {
      const fake = fakeProcess(launched.length + 1);
      launched.push(fake);
      return fake;
    };
    const supervision = await supervise({ launch, onEvent: (text) => void events.push(text) });
    for (const pid of [1, 2, 3]) {
      expect(supervision.pid()).toBe(pid);
      launched[pid - 1]?.end('signal SIGKILL');
      await until(() => supervision.pid() === pid + 1);
    }
    await supervision.stop();
    expect(launched).toHaveLength(4);
    expect(events[0]).toContain('signal SIGKILL');
  });

  it('is tried again until a launch succeeds', async () => {
    const first = fakeProcess(1);
    let launches = 0;
    const launch = async () => {
      launches += 1;
      if (launches === 2 || launches === 3) throw new Error('no memory');
      return launches === 1 ? first : fakeProcess(9);
    };
    const events: string[] = [];
    const supervision = await supervise({ launch, onEvent: (text) => void events.push(text) });
    first.end('code 1');
    await until(() => supervision.pid() === 9);
    await supervision.stop();
    expect(events.filter((text) => text.includes('no memory'))).toHaveLength(2);
  });

  it('that does not start the first time is reported to who asked for it', async () => {
    const launch = () => Promise.reject(new Error('no memory'));
    await expect(supervise({ launch, onEvent: () => undefined })).rejects.toThrow('no memory');
  });

  it('that is stopped is not launched again', async () => {
    const only = fakeProcess(1);
    let launches = 0;
    const launch = async () => {
      launches += 1;
      return only;
    };
    const supervision = await supervise({ launch, onEvent: () => undefined });
    await supervision.stop();
    expect(only.stops).toBeGreaterThan(0);
    expect(launches).toBe(1);
  });

  it('that is stopped while it is being launched again ends too', async () => {
    const first = fakeProcess(1);
    const second = fakeProcess(2);
    let finish: () => void = () => undefined;
    let launches = 0;
    const launch = async () => {
      launches += 1;
      if (launches === 1) return first;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return second;
    };
    const supervision = await supervise({ launch, onEvent: () => undefined });
    first.end('code 1');
    await until(() => launches === 2);
    const stopped = supervision.stop();
    finish();
    await stopped;
    expect(second.stops).toBeGreaterThan(0);
  });
});
