/** What becomes of the data and the processes when the engine, or the process that holds it, is killed. */
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, type EngineKind, findRunningEngine, startEngine } from '../../../src/engine/engine.ts';
import {
  compileEngine,
  count,
  exists,
  holdEngine,
  isRunning,
  kindOfRun,
  makeFolder,
  runFolderOf,
  silent,
  until,
} from './engine-processes.ts';

const kind = kindOfRun();

describe.runIf(kind)('an engine that is killed', () => {
  let folder = '';
  let engine: Engine | undefined;
  beforeEach(() => {
    folder = makeFolder();
  });
  afterEach(async () => {
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('runs again by itself, at the same address and with every acknowledged write', async () => {
    const events: string[] = [];
    const report = { ...silent, step: (text: string) => void events.push(text) };
    engine = await startEngine({ dataDirectory: folder, report, ...(kind && { only: kind }) });
    const { uri } = engine;
    expect(await count(uri)).toBe(1);
    for (const written of [1, 2]) {
      const pid = engine.processId();
      process.kill(pid, 'SIGKILL');
      await until(() => engine !== undefined && engine.processId() !== pid);
      expect(await count(uri)).toBe(written + 1);
    }
    expect(events.filter((text) => text.includes('ended by itself'))).toHaveLength(2);
  });

  it('can be stopped while it is being started again', async () => {
    engine = await startEngine({ dataDirectory: folder, report: silent, ...(kind && { only: kind }) });
    const pid = engine.processId();
    process.kill(pid, 'SIGKILL');
    await until(() => !isRunning(pid));
    await engine.stop();
    expect(isRunning(engine.processId())).toBe(false);
    expect(exists(runFolderOf(engine.uri))).toBe(false);
  });
});

describe.runIf(kind)('an engine whose Node.js process', () => {
  let compiled: ReturnType<typeof compileEngine>;
  let folder = '';
  const hold = () => holdEngine(compiled.holder, folder, kind as EngineKind);
  beforeAll(() => {
    compiled = compileEngine();
  });
  afterAll(() => compiled.remove());
  beforeEach(() => {
    folder = makeFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is killed ends too, and the next one has the data and clears the remains', async () => {
    const first = await hold();
    expect(await count(first.uri)).toBe(1);
    await first.kill('SIGKILL');
    const second = await hold();
    expect(isRunning(first.enginePid)).toBe(false);
    expect(exists(runFolderOf(first.uri))).toBe(false);
    expect(await count(second.uri)).toBe(2);
    await second.kill('SIGKILL');
    await until(() => !isRunning(second.enginePid));
    expect(await findRunningEngine(folder)).toBeUndefined();
  });

  it.each(['throw', 'exit'] as const)('ends by %s ends too, and leaves no socket behind', async (word) => {
    const holder = await hold();
    holder.tell(word);
    await until(() => !isRunning(holder.pid) && !isRunning(holder.enginePid));
    expect(exists(runFolderOf(holder.uri))).toBe(false);
  });

  it('is interrupted at the terminal ends too', async () => {
    const holder = await hold();
    await holder.kill('SIGINT');
    await until(() => !isRunning(holder.enginePid));
  });

  it('lives keeps others out of the folder, naming folder and process, and lets them attach', async () => {
    const holder = await hold();
    const refusal = startEngine({ dataDirectory: folder, report: silent });
    await expect(refusal).rejects.toThrow(`${folder} is in use by process ${holder.pid}`);
    expect(await count(String(await findRunningEngine(folder)))).toBe(1);
    holder.tell('stop');
    await until(() => !isRunning(holder.pid));
    expect(isRunning(holder.enginePid)).toBe(false);
  });
});
