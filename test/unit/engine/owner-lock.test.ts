import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireLock, type LockRecord, type OwnerLock, readLock } from '../../../src/engine/owner-lock.ts';
import { ownIdentity } from '../../../src/engine/process-identity.ts';

describe('a lock file', () => {
  let folder = '';
  let path = '';
  let held: OwnerLock[] = [];
  const write = (record: LockRecord): void => writeFileSync(path, JSON.stringify(record));
  const acquire = async (waitMs = 0) => {
    const lock = await acquireLock(path, { waitMs });
    if (lock.kind === 'held') held.push(lock);
    return lock;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jenner-test-'));
    path = join(folder, 'a.lock');
    held = [];
  });
  afterEach(() => {
    for (const lock of held) lock.release();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is held by one and refused to others with the name of its owner', async () => {
    expect((await acquire()).kind).toBe('held');
    expect(await acquire()).toEqual({ kind: 'busy', owner: ownIdentity() });
  });

  it('is free again once released, and leaves nothing behind', async () => {
    await acquire();
    held.pop()?.release();
    expect(readdirSync(folder)).toEqual([]);
    expect((await acquire()).kind).toBe('held');
  });

  it('tells where its owner can be reached', async () => {
    await acquire();
    held[0]?.publish('mongodb://somewhere');
    expect(readLock(path)).toEqual({ ...ownIdentity(), uri: 'mongodb://somewhere' });
    expect((await acquire()).kind).toBe('busy');
  });

  it('of a process that ended is taken over', async () => {
    const child = spawn('sleep', ['30']);
    const { pid = 0 } = child;
    write({ ...ownIdentity(), pid });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await acquire()).kind).toBe('held');
    expect(readLock(path)?.pid).toBe(process.pid);
  });

  it('of a process whose id another process has now is taken over', async () => {
    write({ ...ownIdentity(), startedAt: '1' });
    expect((await acquire()).kind).toBe('held');
  });

  it('is waited for while its owner ends', async () => {
    await acquire();
    const owner = held.pop();
    const second = acquire(10_000);
    await sleep(60);
    owner?.release();
    expect((await second).kind).toBe('held');
  });

  it('of another boot or container is respected while it shows life, and else taken over', async () => {
    write({ ...ownIdentity(), boot: 'another' });
    const living = join(folder, 'living.lock');
    writeFileSync(living, JSON.stringify({ ...ownIdentity(), pidNamespace: 'another' }));
    const beat = setInterval(() => utimesSync(living, new Date(), new Date()), 200);
    expect((await acquire()).kind).toBe('busy');
    const [silent, busy] = await Promise.all([acquire(20_000), acquireLock(living, { waitMs: 4_500 })]);
    clearInterval(beat);
    expect([silent.kind, busy.kind]).toEqual(['held', 'busy']);
  });

  it('without readable content is taken over once nobody can still be writing it', async () => {
    writeFileSync(path, '{"pid"');
    expect((await acquire()).kind).toBe('busy');
    expect((await acquire(20_000)).kind).toBe('held');
  });

  it('is given to exactly one of many who find its owner dead', async () => {
    for (let round = 0; round < 10; round++) {
      write({ ...ownIdentity(), startedAt: '1' });
      const locks = await Promise.all(Array.from({ length: 20 }, () => acquire(100)));
      expect(locks.filter((lock) => lock.kind === 'held')).toHaveLength(1);
      held.pop()?.release();
    }
  });

  it('goes to each of many who wait for it, one after the other', async () => {
    let inside = 0;
    let most = 0;
    const visit = async (): Promise<void> => {
      const lock = await acquireLock(path, { waitMs: 60_000 });
      if (lock.kind !== 'held') throw new Error('refused');
      inside += 1;
      most = Math.max(most, inside);
      await sleep(5);
      inside -= 1;
      lock.release();
    };
    await Promise.all(Array.from({ length: 6 }, visit));
    expect(most).toBe(1);
  });
});
