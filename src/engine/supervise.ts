/** Keeps one child process running: starts it again, more and more slowly, when it ends by itself. */
import { setTimeout as sleep } from 'node:timers/promises';

/** A started child that takes requests. */
export interface RunningProcess {
  readonly pid: number;
  /** Resolves with how it ended, in words; never rejects. */
  readonly ended: Promise<string>;
  /** Ends it in order and waits for that. */
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  /** Resolves once the child takes requests; rejects when it ended before, for which `stopping` is a reason. */
  launch(stopping: AbortSignal): Promise<RunningProcess>;
  readonly onEvent: (text: string) => void;
}

export interface Supervision {
  /** The process id of the child, the latest one where it had to be started again. */
  pid(): number;
  /** Ends the child for good. */
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A child that lived this long is not in a loop of failures. */
const SETTLED_MS = 30_000;

interface State {
  readonly options: SuperviseOptions;
  readonly stopping: AbortController;
  current: RunningProcess;
  pauseMs: number;
}

async function tryLaunch(state: State): Promise<boolean> {
  const { options, stopping } = state;
  try {
    state.current = await options.launch(stopping.signal);
    if (!stopping.signal.aborted) options.onEvent(`The database engine runs again (process ${state.current.pid})`);
    return true;
  } catch (error) {
    if (stopping.signal.aborted) return true;
    options.onEvent(
      `The database engine did not start again: ${error instanceof Error ? error.message : String(error)}`,
    );
    return false;
  }
}

async function relaunch(state: State): Promise<void> {
  const { signal } = state.stopping;
  let isRunning = false;
  while (!isRunning && !signal.aborted) {
    await sleep(state.pauseMs, undefined, { signal }).catch(() => undefined);
    state.pauseMs = Math.min(state.pauseMs * 2, LONGEST_PAUSE_MS);
    isRunning = signal.aborted || (await tryLaunch(state));
  }
}

async function watch(state: State): Promise<void> {
  const { signal } = state.stopping;
  while (!signal.aborted) {
    const since = Date.now();
    const how = await state.current.ended;
    if (signal.aborted) return;
    if (Date.now() - since > SETTLED_MS) state.pauseMs = FIRST_PAUSE_MS;
    state.options.onEvent(`The database engine ended by itself (${how}); starting it again`);
    await relaunch(state);
  }
}

/** Launches the child and, from then on, again whenever it ends. Rejects when the first launch fails. */
export async function supervise(options: SuperviseOptions): Promise<Supervision> {
  const stopping = new AbortController();
  const state: State = { options, stopping, current: await options.launch(stopping.signal), pauseMs: FIRST_PAUSE_MS };
  const watching = watch(state);
  return {
    pid: () => state.current.pid,
    stop: async () => {
      stopping.abort();
      await state.current.stop();
      await watching;
      // A launch that was under way when we were told to stop may have brought up a new child.
      await state.current.stop();
    },
  };
}
