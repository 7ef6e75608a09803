import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { livenessOf, ownIdentity, processStart } from '../../../src/engine/process-identity.ts';

describe('the identity of a process', () => {
  it('stays the same while it lives', () => {
    expect(ownIdentity()).toEqual(ownIdentity());
    expect(livenessOf(ownIdentity())).toBe('alive');
  });

  it('is dead once the process has ended', async () => {
    const child = spawn('sleep', ['30']);
    const { pid = 0 } = child;
    const identity = { ...ownIdentity(), pid, startedAt: processStart(pid) ?? '' };
    expect(livenessOf(identity)).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(livenessOf(identity)).toBe('dead');
  });

  it('is dead when another process has its id', () => {
    expect(livenessOf({ ...ownIdentity(), startedAt: '1' })).toBe('dead');
  });

  it('says nothing about other boots and other namespaces', () => {
    expect(livenessOf({ ...ownIdentity(), boot: 'another' })).toBe('unknown');
    expect(livenessOf({ ...ownIdentity(), pidNamespace: 'another' })).toBe('unknown');
  });
});
