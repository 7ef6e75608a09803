/** Work that is done at the last moment of this process, however it ends short of a kill (Node.js process 'exit'). */

const actions = new Set<() => void>();

function runAll(): void {
  for (const action of [...actions].reverse()) {
    try {
      action();
    } catch {
      // Nobody is left to tell; the next start clears what remains.
    }
  }
}

/** Registers synchronous work for the exit of this process; the returned function withdraws it. */
export function atExit(action: () => void): () => void {
  if (actions.size === 0) process.on('exit', runAll);
  actions.add(action);
  return () => {
    actions.delete(action);
    if (actions.size === 0) process.off('exit', runAll);
  };
}
