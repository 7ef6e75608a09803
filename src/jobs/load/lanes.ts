/** Bounded concurrency that keeps the order of work on the same resource (FHIR R4, http.html#concurrency). */

export interface Lanes {
  /** Starts the task once a lane is free; resolves when it has started. Tasks that share a key run one after another. */
  start(keys: readonly string[], task: () => Promise<void>): Promise<void>;
  /** Resolves when no task runs. */
  idle(): Promise<void>;
}

/** Lanes for at most `width` tasks at a time. A task must not reject. One caller starts them. */
export function createLanes(width: number): Lanes {
  const running = new Set<Promise<void>>();
  const latest = new Map<string, Promise<void>>();

  const release = (keys: readonly string[], work: Promise<void>) => {
    running.delete(work);
    for (const key of keys) if (latest.get(key) === work) latest.delete(key);
  };

  return {
    async start(keys, task) {
      while (running.size >= width) await Promise.race(running);
      const earlier = keys.map((key) => latest.get(key));
      const work: Promise<void> = Promise.all(earlier)
        .then(task)
        .finally(() => release(keys, work));
      running.add(work);
      for (const key of keys) latest.set(key, work);
    },
    async idle() {
      while (running.size > 0) await Promise.race(running);
    },
  };
}
