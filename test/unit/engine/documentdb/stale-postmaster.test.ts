import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clearStalePostmaster } from '../../../../src/engine/documentdb/stale-postmaster.ts';
import { processStart } from '../../../../src/engine/process-identity.ts';

describe.runIf(process.platform === 'linux')('the remains of a PostgreSQL that did not end in order', () => {
  let cluster = '';
  let children: ChildProcess[] = [];
  /** A process that looks like one of PostgreSQL, or like what its name says. */
  const work = async (name: string, cwd = cluster): Promise<number> => {
    const child = spawn('sleep', ['60'], { argv0: name, cwd });
    await once(child, 'spawn');
    children.push(child);
    return child.pid ?? 0;
  };
  const note = (pid: number | string): void => writeFileSync(join(cluster, 'postmaster.pid'), `${pid}\n${cluster}\n`);
  const isNoted = (): boolean => existsSync(join(cluster, 'postmaster.pid'));

  beforeEach(() => {
    cluster = realpathSync(mkdtempSync(join(tmpdir(), 'jenner-test-')));
    children = [];
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(cluster, { recursive: true, force: true });
  });

  it('are ended: the postmaster first, then what it left', async () => {
    const postmaster = await work('/somewhere/bin/postgres');
    const backend = await work('postgres: writer');
    note(postmaster);
    await clearStalePostmaster(cluster);
    expect([processStart(postmaster), processStart(backend)]).toEqual([undefined, undefined]);
  });

  it('are not what others do in the folder, or what PostgreSQL does in another', async () => {
    const shell = await work('bash');
    const elsewhere = await work('postgres: writer', tmpdir());
    note(elsewhere);
    await clearStalePostmaster(cluster);
    expect(processStart(shell)).toBeDefined();
    expect(processStart(elsewhere)).toBeDefined();
  });

  it('include a pid file that names a process which has nothing to do with it', async () => {
    note(process.pid);
    await clearStalePostmaster(cluster);
    expect(isNoted()).toBe(false);
  });

  it('include a pid file that was not written to its end', async () => {
    note('');
    await clearStalePostmaster(cluster);
    expect(isNoted()).toBe(false);
  });

  it('keep the pid file of a dead process, from which PostgreSQL learns what else to look for', async () => {
    const pid = await work('/somewhere/bin/postgres');
    const ended = children[0] && once(children[0], 'exit');
    process.kill(pid, 'SIGKILL');
    await ended;
    note(pid);
    await clearStalePostmaster(cluster);
    expect(isNoted()).toBe(true);
  });
});
