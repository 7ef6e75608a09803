/** How often each client may ask (RFC 6585, section 4): a bucket of tokens each, filled at a steady rate. */
import { throttled } from '../fhir/error.ts';

export interface RateLimit {
  /** Takes one from the bucket. @throws FhirError 429 where it is empty */
  take(key: string): void;
}

interface Bucket {
  readonly level: number;
  /** Milliseconds. */
  readonly at: number;
}

/** Seconds' worth of requests that may come at once. */
const BURST_SECONDS = 2;
/** Clients remembered; one that is forgotten has a full bucket. */
const MOST_BUCKETS = 10_000;

/** @param perSecond requests; @param now milliseconds, of a clock that never goes back */
export function createRateLimit(perSecond: number, now: () => number): RateLimit {
  const buckets = new Map<string, Bucket>();
  const capacity = Math.max(1, perSecond * BURST_SECONDS);
  return {
    take: (key) => {
      const at = now();
      const bucket = buckets.get(key) ?? { level: capacity, at };
      const level = Math.min(capacity, bucket.level + ((at - bucket.at) / 1000) * perSecond);
      if (level < 1) {
        throw throttled('Too many requests: ask less often.', Math.max(1, Math.ceil((1 - level) / perSecond)));
      }
      // The least recently used comes first, and goes first.
      buckets.delete(key);
      buckets.set(key, { level: level - 1, at });
      if (buckets.size > MOST_BUCKETS) buckets.delete(buckets.keys().next().value ?? key);
    },
  };
}
