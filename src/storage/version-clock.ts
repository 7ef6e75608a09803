/** Instants for `meta.lastUpdated`: strictly increasing within a process, whatever the system clock does. */

export interface VersionClock {
  /** The next instant; after `previous` too, where the version it replaces came from a faster clock. */
  next(previous?: Date): Date;
}

export function createVersionClock(now: () => number): VersionClock {
  let last = 0;
  return {
    next(previous) {
      last = Math.max(now(), last + 1, previous ? previous.getTime() + 1 : 0);
      return new Date(last);
    },
  };
}
