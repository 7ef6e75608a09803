/** The running count of a load (no section of the specification). */

import type { LoadProgress } from './progress.ts';
import { createRefusalList, type LoadSummary } from './summary.ts';
import type { Refusal } from './unit.ts';

export interface Tally {
  count(kind: 'written' | 'unchanged'): void;
  readonly refuse: (refusal: Refusal) => void;
  /** The sources were read by so many more bytes. */
  advance(bytes: number): void;
  hasWritten(): boolean;
  progress(totalBytes: number): LoadProgress;
  summary(stopped: string | undefined): LoadSummary;
}

export interface TallyOptions {
  /** The time in milliseconds. */
  readonly now: () => number;
  /** Places listed for each reason of refusal. */
  readonly listed: number;
}

/** A tally that starts now. */
export function createTally({ now, listed }: TallyOptions): Tally {
  const startedAt = now();
  const counts = { written: 0, unchanged: 0, refused: 0 };
  const refusals = createRefusalList(listed);
  let doneBytes = 0;

  const speed = () => {
    const seconds = (now() - startedAt) / 1000;
    return { seconds, resourcesPerSecond: (counts.written + counts.unchanged) / Math.max(seconds, 0.001) };
  };

  return {
    count(kind) {
      counts[kind]++;
    },
    refuse(refusal) {
      counts.refused += refusal.resources;
      refusals.add(refusal);
    },
    advance(bytes) {
      doneBytes += bytes;
    },
    hasWritten: () => counts.written > 0,
    progress(totalBytes) {
      const { resourcesPerSecond } = speed();
      const resources = counts.written + counts.unchanged;
      return { doneBytes, totalBytes, resources, refused: counts.refused, resourcesPerSecond };
    },
    summary: (stopped) => ({
      ...counts,
      ...speed(),
      refusals: refusals.groups(),
      ...(stopped === undefined ? {} : { stopped }),
    }),
  };
}
