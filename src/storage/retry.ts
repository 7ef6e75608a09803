/** Trying again after a write lost against another: with pauses at random, so that the losers don't meet again. */

const LONGEST_PAUSE_MS = 100;

/**
 * Repeats `attempt` until it answers, at most `attempts` times.
 * @param attempt answers undefined where it lost against another writer
 * @returns undefined where it lost every time
 */
export async function untilWon<Result>(
  attempts: number,
  attempt: () => Promise<Result | undefined>,
): Promise<Result | undefined> {
  for (let lost = 0; lost < attempts; lost++) {
    if (lost > 0) await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, 2 ** (lost + 1)));
    const result = await attempt();
    if (result !== undefined) return result;
  }
  return undefined;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
