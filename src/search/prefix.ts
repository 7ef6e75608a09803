/** Prefixes of ordered search values, and what they mean between closed intervals (FHIR R4, search.html#prefix). */
import type { Prefix } from './query.ts';

export interface Interval {
  readonly lo: number;
  readonly hi: number;
}

/** Splits `ge2024` into its prefix, `eq` when it has none, and the rest. */
export function splitPrefix(text: string): { readonly prefix: Prefix; readonly rest: string } {
  const found = /^(?:eq|ne|gt|lt|ge|le|sa|eb|ap)/.exec(text)?.[0];
  return found ? { prefix: found as Prefix, rest: text.slice(2) } : { prefix: 'eq', rest: text };
}

/**
 * Whether a stored interval satisfies a prefix against the searched one. `ge` and `le` are the closed forms of "the
 * range above (below) intersects, or the searched range contains the stored one"; `ap` expects the searched interval
 * already widened.
 */
export function satisfies(stored: Interval, prefix: Prefix, searched: Interval): boolean {
  return PREFIXES[prefix](stored, searched);
}

const PREFIXES: Readonly<Record<Prefix, (stored: Interval, searched: Interval) => boolean>> = {
  eq: (stored, searched) => searched.lo <= stored.lo && stored.hi <= searched.hi,
  ne: (stored, searched) => stored.lo < searched.lo || searched.hi < stored.hi,
  gt: (stored, searched) => stored.hi > searched.hi,
  lt: (stored, searched) => stored.lo < searched.lo,
  ge: (stored, searched) => stored.hi > searched.hi || stored.lo >= searched.lo,
  le: (stored, searched) => stored.lo < searched.lo || stored.hi <= searched.hi,
  sa: (stored, searched) => stored.lo > searched.hi,
  eb: (stored, searched) => stored.hi < searched.lo,
  ap: (stored, searched) => stored.lo <= searched.hi && searched.lo <= stored.hi,
};
