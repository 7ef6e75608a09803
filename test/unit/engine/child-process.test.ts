import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { findProgram, guardCommand, runCommand, runOrThrow } from '../../../src/engine/child-process.ts';
import { processStart } from '../../../src/engine/process-identity.ts';

const shell = (script: string) => ({ command: 'sh', args: ['-c', script], deathSignal: 'KILL' }) as const;

describe('a command', () => {
  it('gives its exit code and what it said', async () => {
    expect(await runCommand(shell('echo out; echo err >&2; exit 3'))).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('hands its output on as it comes', async () => {
    let heard = '';
    const take = (chunk: string): void => {
      heard += chunk;
    };
    expect(await runOrThrow(shell('printf one; printf two'), take)).toBe('');
    expect(heard).toBe('onetwo');
  });

  it('that fails is quoted with its last words', async () => {
    await expect(runOrThrow(shell('echo no space left >&2; exit 7'))).rejects.toThrow(/ended with 7: no space left/);
  });

  it('sees none of our environment', async () => {
    const { stdout } = await runCommand({ command: 'env', args: [], deathSignal: 'KILL' });
    expect(stdout).not.toContain('VITEST');
  });
});

describe('a program', () => {
  it('is found in a search path and missed when it is not there', () => {
    expect(findProgram('sh', '/nonexistent:/bin')).toBe('/bin/sh');
    expect(findProgram('sh', '/nonexistent')).toBeUndefined();
  });

  it('is not looked for in the current directory', () => {
    expect(findProgram('package.json', '.:')).toBeUndefined();
  });
});

describe('a child without setpriv', () => {
  const guard = (...args: readonly string[]) => {
    const { program, args: line } = guardCommand({ command: 'sh', args, deathSignal: 'TERM' }, undefined);
    return spawn(program, line, { stdio: ['pipe', 'pipe', 'ignore'] });
  };

  it('is ended when our end of its pipe closes, as it does when we die', async () => {
    const child = guard('-c', 'echo $$; exec sleep 60');
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    expect(processStart(pid)).toBeDefined();
    child.stdin.destroy();
    await once(child, 'exit');
    while (processStart(pid) !== undefined) await sleep(10);
  });

  it('gives its own exit code', async () => {
    const child = guard('-c', 'exit 5');
    expect(await once(child, 'exit')).toEqual([5, null]);
    child.stdin.destroy();
  });
});
