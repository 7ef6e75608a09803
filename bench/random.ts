/** Numbers that look random and are the same in every run: what is measured must not depend on luck. */

/** Draws from one sequence. */
export interface Draw {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** One of a list that is not empty. */
  oneOf<Item>(items: readonly Item[]): Item;
}

/** The sequence that belongs to a seed (mulberry32: 32 bits of state are plenty for choosing names). */
export function drawFrom(seed: number): Draw {
  // Seeds that follow each other would otherwise begin alike.
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => Math.floor((next() / 2 ** 32) * limit);
  return { below, oneOf: <Item>(items: readonly Item[]) => items[below(items.length)] as Item };
}
