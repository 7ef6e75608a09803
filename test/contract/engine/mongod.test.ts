/** Starting an installed mongod as a replica set of one, tried on a stand-in that behaves as mongod does at its start. */
import { chmodSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { findEngine } from '../../../src/engine/find-engine.ts';
import { isRunning, makeFolder, silent, until } from './engine-processes.ts';

describe('a mongod on the PATH', () => {
  let programs = '';
  let folder = '';
  const engines: Engine[] = [];
  const install = (version: string): void => {
    const script = fileURLToPath(new URL('fake-mongod.mjs', import.meta.url));
    const answer = `[ "$1" = --version ] && { echo 'db version v${version}'; exit; }`;
    writeFileSync(join(programs, 'mongod'), `#!/bin/sh\n${answer}\nexec '${process.execPath}' '${script}' "$@"\n`);
    chmodSync(join(programs, 'mongod'), 0o755);
  };
  const start = async (environment: NodeJS.ProcessEnv = { PATH: programs }): Promise<Engine> => {
    const engine = await findEngine({ cache: folder, dataDirectory: folder, report: silent, environment }, 'mongod');
    engines.push(engine);
    return engine;
  };
  const count = async (engine: Engine): Promise<number> => {
    const client = new MongoClient(engine.uri);
    const { n } = await client.db('any').command({ count: 'visits' });
    await client.close();
    return n;
  };
  const state = () => JSON.parse(readFileSync(join(folder, 'mongod/state.json'), 'utf8'));

  beforeEach(() => {
    programs = makeFolder();
    folder = makeFolder();
    install('8.0.4');
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.stop();
    rmSync(programs, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });

  it('is started on loopback, made a replica set of one and waited for', async () => {
    const engine = await start();
    expect(engine.kind).toBe('mongod');
    expect(engine.why).toBe(`MongoDB 8.0.4 at ${join(programs, 'mongod')}`);
    expect(new URL(engine.uri).hostname).toBe('127.0.0.1');
    const client = new MongoClient(engine.uri);
    expect(await client.db('admin').command({ hello: 1 })).toMatchObject({
      isWritablePrimary: true,
      setName: 'jenner',
    });
    await client.close();
  });

  it('is taken from MONGOMS_SYSTEM_BINARY before the PATH', async () => {
    const elsewhere = join(folder, 'chosen-mongod');
    symlinkSync(join(programs, 'mongod'), elsewhere);
    const engine = await start({ PATH: '/nonexistent', MONGOMS_SYSTEM_BINARY: elsewhere });
    expect(engine.why).toContain(elsewhere);
  });

  it('has its data and its address again after a stop, without being initiated anew', async () => {
    const first = await start();
    expect(await count(first)).toBe(1);
    await first.stop();
    expect(isRunning(first.processId())).toBe(false);
    const second = await start();
    expect(second.uri).toBe(first.uri);
    expect(await count(second)).toBe(2);
    expect(state().initiated).toBe(1);
  });

  it('gets another name in its replica set when its port was taken meanwhile', async () => {
    const first = await start();
    await first.stop();
    const intruder = createServer().listen(Number(new URL(first.uri).port), '127.0.0.1');
    const second = await start();
    expect(second.uri).not.toBe(first.uri);
    expect(state()).toMatchObject({ initiated: 1, config: { version: 2 } });
    expect(state().config.members[0].host).toBe(new URL(second.uri).host);
    intruder.close();
  });

  it('is started again when it is killed', async () => {
    const engine = await start();
    expect(await count(engine)).toBe(1);
    const pid = engine.processId();
    process.kill(pid, 'SIGKILL');
    await until(() => engine.processId() !== pid);
    expect(await count(engine)).toBe(2);
  });

  it('that is older than what works is refused by its version', async () => {
    install('5.0.31');
    await expect(start()).rejects.toThrow('MongoDB 5.0.31; 6.0 is the oldest that works');
  });

  it('that does not start is quoted in the refusal', async () => {
    writeFileSync(
      join(programs, 'mongod'),
      '#!/bin/sh\n[ "$1" = --version ] && echo "db version v8.0.4" || { echo "no disk left"; exit 14; }\n',
    );
    await expect(start()).rejects.toThrow(/code 14\): no disk left/);
  });
});
